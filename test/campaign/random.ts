import fc from 'fast-check'
import type { Outcome, Verb } from '../../rollout/phases.ts'
import type { RolloutView } from '../../rollout/view.ts'
import { approval } from '../support/documents.ts'
import { faultOn, faults, operationsOf } from './misbehaviour.ts'
import { recordedPaths, type Recording } from './recording.ts'
import type { ExpectedRollout, Scenario, Stage } from './scenario.ts'

/** A rollout that nobody thought of: what its document says, how AWS misbehaves, and who says what when. */
export interface Case {
  readonly version: 38 | 39
  readonly production: Readonly<Record<string, unknown>>
  readonly members: Readonly<Record<string, unknown>>
  readonly faults: readonly { readonly operation: string; readonly fault: string }[]
  /** After so many changes in AWS. */
  readonly messages: readonly { readonly after: number; readonly verb: Verb }[]
  readonly crashAfter: number | undefined
  /** Once it has committed anything: by a rollout of its own. */
  readonly undoAfterwards: boolean
}

/**
 * So many random documents with random faults, messages and crashes at random moments; the same for the same seed. They may
 * end in several ways, but the oracle knows no mercy for what they leave behind.
 */
export function randomPoints(recording: Recording, seed: number, runs: number): readonly Scenario[] {
  return drawCases(recording, seed, runs).map((one, index) => randomPoint(`random/${seed}/${index + 1}`, one))
}

/** One random rollout as a point. */
export function randomPoint(id: string, one: Case): Scenario {
  return { id, kind: 'random', path: 'other', run: (stage) => playCase(stage, one) }
}

/** What the random points do, drawn by the seed alone. */
export function drawCases(recording: Recording, seed: number, runs: number): readonly Case[] {
  return fc.sample(anyRandomCase(recording), { seed, numRuns: runs })
}

/** Any rollout, with faults on the operations that were recorded. */
export function anyRandomCase(recording: Recording): fc.Arbitrary<Case> {
  return anyCase(operationsOf(recordedPaths(recording).flatMap((path) => path.moments)))
}

const places = [
  { account: 'prod-eu', region: 'eu-west-1' },
  { account: 'prod-world', region: 'us-east-1' },
  { account: 'prod-world', region: 'ap-southeast-2' },
]

const percent = fc.integer({ min: 5, max: 50 })
const bake = fc.constantFrom('2m', '4m')
const gate = { approval }

const anyStrategy = fc.oneof(
  fc.record({ canary: fc.record({ percent, bake }) }),
  fc.record({ linear: fc.record({ percent: fc.constantFrom(25, 50), bake }) }),
  fc.record({ allAtOnce: fc.record({ bake }) }),
  fc.tuple(percent, bake, fc.boolean()).map(([weight, length, gated]) => ({
    steps: [{ weight }, { bake: length }, ...(gated ? [gate] : []), { weight: 60 }, { bake: length }],
  })),
)

const anyWaves = fc
  .tuple(fc.shuffledSubarray(places, { minLength: 1 }), fc.integer({ min: 1, max: 2 }))
  .map(([chosen, first]) => [chosen.slice(0, first), chosen.slice(first)].filter(({ length }) => length > 0))

const anyProduction = fc.record({
  strategy: anyStrategy,
  waves: anyWaves,
  onFailure: fc.constantFrom('rollback-all', 'rollback-wave', 'hold'),
  prepare: fc.constantFrom('allFirst', 'perWave'),
  keepPrevious: fc.constantFrom('1m', '5m'),
})

const anyMembers = fc.record({
  approval: fc.constantFrom(approval, undefined),
  ...optional('staging'),
  ...optional('promote'),
  ...optional('record'),
})

/** Left as the campaign's document has it, or taken away. */
function optional(member: string) {
  return { [member]: fc.constantFrom('kept', undefined) }
}

const anyVerb = fc.constantFrom<Verb>('abort', 'pause', 'resume', 'promote', 'promoteFull', 'reject', 'undo')

function anyCase(operations: readonly string[]): fc.Arbitrary<Case> {
  const moment = fc.integer({ min: 1, max: 70 })
  return fc.record({
    version: fc.constantFrom(38, 38, 39),
    production: anyProduction,
    members: anyMembers,
    faults: fc.array(
      fc.record({
        operation: fc.constantFrom(...operations),
        fault: fc.constantFrom(...Object.keys(faults).filter((name) => name !== 'hang')),
      }),
      { maxLength: 3 },
    ),
    messages: fc.array(fc.record({ after: moment, verb: anyVerb }), { maxLength: 2 }),
    crashAfter: fc.option(moment, { nil: undefined }),
    undoAfterwards: fc.boolean(),
  })
}

async function playCase(stage: Stage, one: Case) {
  const document = stage.document({
    version: one.version,
    production: one.production,
    ...Object.fromEntries(Object.entries(one.members).filter(([, value]) => value !== 'kept')),
  })
  for (const { operation, fault } of one.faults) stage.stack.arm(faultOn(operation, fault))
  const id = await stage.start(document)
  let over = false
  const after = async (changes: number, act: () => Promise<unknown>): Promise<void> => {
    await Promise.race([stage.effect(() => stage.ledger.effects.length >= changes), stage.ended(id)]).catch(
      () => undefined,
    )
    if (!over) await act()
  }
  const undoings: string[] = []
  const decide = async (verb: Verb): Promise<void> => {
    const { status, body } = await stage.decide(id, verb)
    // Of what is committed an undo is a rollout of its own.
    if (status === 202) undoings.push((body as { readonly id: string }).id)
  }
  const disturbances = [
    ...one.messages.map(({ after: changes, verb }) => after(changes, () => decide(verb))),
    ...(one.crashAfter === undefined ? [] : [after(one.crashAfter, () => stage.crash())]),
  ]
  try {
    await answerUntilEnded(stage, id)
  } finally {
    over = true
    await Promise.allSettled(disturbances)
  }
  if (one.undoAfterwards) await decide('undo')
  for (const undoing of undoings) await answerUntilEnded(stage, undoing)
  return {
    rollouts: [
      expectedOf(one, id),
      ...undoings.map((undoing) => ({ id: undoing, outcomes: ['Succeeded' as const] })),
    ],
  }
}

/** Says yes at every gate, resumes what is paused and gives up what is held, so that every rollout ends. */
async function answerUntilEnded(stage: Stage, id: string): Promise<void> {
  const waits = ['AwaitingApproval', 'AwaitingDecision', 'Held', 'Paused', 'Ended']
  for (;;) {
    const view: RolloutView = await stage.until(id, ({ phase }) => waits.includes(phase))
    if (view.phase === 'Ended') return
    if (view.phase === 'Held') await stage.decide(id, 'abort')
    else if (view.phase === 'Paused') await stage.decide(id, 'resume')
    else await stage.decide(id, 'approve')
  }
}

/** Only what the version and the messages can explain. */
function expectedOf({ version, messages, production, members }: Case, id: string): ExpectedRollout {
  const verbs = new Set(messages.map(({ verb }) => verb))
  const bad: readonly Outcome[] =
    version === 38 ? [] : ['RolledBack', ...(members['staging'] ? (['Failed'] as const) : [])]
  const held = version === 39 && production['onFailure'] !== 'rollback-all'
  return {
    id,
    outcomes: [
      ...bad,
      // A bad version may get through where nothing looks for long enough to see it fail, but only when told to.
      ...(version === 38 || verbs.has('promoteFull') || verbs.has('promote') ? (['Succeeded'] as const) : []),
      ...(verbs.has('undo') ? (['RolledBack'] as const) : []),
      ...(verbs.has('abort') || held ? (['Aborted'] as const) : []),
      ...(verbs.has('reject') ? (['Rejected'] as const) : []),
      ...(verbs.has('promoteFull') && held ? (['Partial'] as const) : []),
    ],
  }
}
