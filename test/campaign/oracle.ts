import { lockId } from '../../rollout/target.ts'
import type { RolloutView } from '../../rollout/view.ts'
import { judgeWorld } from '../support/judge-world.ts'
import { readWorld, type WorldState } from '../support/world-state.ts'
import type { Effect } from './ledger.ts'
import type { Expectation, ExpectedRollout, Stage } from './scenario.ts'

/** How often each mutation took effect, by operation and place: `UpdateEndpoint prodEu:eu-west-1`. */
export type EffectCounts = Readonly<Record<string, number>>

/** What nobody may do twice: versions, models, configs, endpoints and updates of them. */
const onceOnly = new Set([
  'CreateModelPackageGroup',
  'CreateModelPackage',
  'CreateModel',
  'CreateEndpointConfig',
  'CreateEndpoint',
  'UpdateEndpoint',
  'UpdateEndpointWeightsAndCapacities',
  'DeleteEndpoint',
  'CreateRepository',
])

/** Counts what must not happen twice; `aliases` are names for the accounts. */
export function countEffects(
  effects: readonly Effect[],
  aliases: Readonly<Record<string, string>>,
): EffectCounts {
  const counts: Record<string, number> = {}
  for (const { operation, accountId, region } of effects) {
    if (!onceOnly.has(operation)) continue
    const key = `${operation} ${aliases[accountId] ?? accountId}:${region}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/**
 * Judges a point that has been played: outcomes and reasons are as expected; no endpoint is mixed unless it was left to a
 * person; nothing is left that no rollout owns; nothing was made twice; no traffic went where nobody had looked; scaling is
 * as before; every lock is free. Empty: all is well.
 */
export async function judge(
  stage: Stage,
  expectation: Expectation,
  aliases: Readonly<Record<string, string>>,
  clean: EffectCounts | undefined,
): Promise<readonly string[]> {
  const views = await Promise.all(
    expectation.rollouts.map(async (expected) => ({ expected, view: await settled(stage, expected.id) })),
  )
  const targets = views.flatMap(({ view }) => view.targets)
  const left = targets.filter(({ state }) => state === 'NeedsHuman' || state === 'Conflict')
  const now = await readWorld(stage.stack)
  return [
    ...views.flatMap(({ expected, view }) => judgeEnd(expected, view)),
    ...judgeWorld(stage.before, now, {
      fresh: lastCommitted(views.map(({ view }) => view)),
      left: left.map(({ key }) => key),
      kept: [
        ...(expectation.kept ?? []),
        ...keptForUndo(
          views.map(({ view }) => view),
          now,
        ),
      ],
    }),
    ...stage.ledger.unverified,
    ...(clean && expectation.effects !== 'any' ? judgeEffects(stage, aliases, clean) : []),
    ...(await heldLocks(
      stage,
      targets.map(({ key }) => key),
    )),
  ]
}

/** A rollout that needs a person stays open. */
function settled(stage: Stage, id: string): Promise<RolloutView> {
  return stage.until(id, ({ phase }) => phase === 'Ended' || phase === 'NeedsHuman', 30)
}

function judgeEnd({ outcomes, reason }: ExpectedRollout, view: RolloutView): readonly string[] {
  const { phase, targets } = view
  const outcome = view.outcome ?? (phase === 'NeedsHuman' ? phase : undefined)
  const told = view.reason ?? view.message
  const committed = targets.filter(({ state }) => state === 'Committed').map(({ key }) => key)
  const open = targets.filter(({ state }) => !ends.has(state)).map(({ key, state }) => `${key} ${state}`)
  const found: string[] = []
  if (!outcome || !outcomes.includes(outcome))
    found.push(`it is ${phase} ${outcome ?? ''} (${told}), expected ${outcomes.join(' or ')}`)
  else if (reason && !reason.test(told)) found.push(`its reason '${told}' does not say ${String(reason)}`)
  if (told === '') found.push('it does not say why it ended')
  if (outcome === 'Succeeded' && committed.length < targets.length)
    found.push(`it Succeeded with ${committed.length} of ${targets.length} targets committed`)
  if (outcome && ['RolledBack', 'Aborted', 'Rejected', 'Superseded', 'Failed'].includes(outcome)) {
    if (committed.length > 0) found.push(`it ended ${outcome}, but ${committed.join()} is committed`)
  }
  if (outcome && outcome !== 'NeedsHuman' && open.length > 0) found.push(`it ended, but ${open.join(', ')}`)
  return found
}

const ends: ReadonlySet<string> = new Set(['Pending', 'Committed', 'Reverted', 'Conflict', 'NeedsHuman'])

/** The targets that serve a new version: a rollout that did nothing does not take a commit back, one that undoes it does. */
function lastCommitted(views: readonly RolloutView[]): readonly string[] {
  const committed = (undoing: boolean): readonly string[] =>
    views
      .filter(({ links }) => (links.undoes !== undefined) === undoing)
      .flatMap(({ targets }) => targets.filter(({ state }) => state === 'Committed').map(({ key }) => key))
  const undone = new Set(committed(true))
  return committed(false).filter((key) => !undone.has(key))
}

/** Where several rollouts committed on one target, the config of one is what an undo of the next goes back to. */
function keptForUndo(views: readonly RolloutView[], now: WorldState): readonly string[] {
  const committers = (place: string): readonly string[] =>
    views.flatMap(({ id, targets }) =>
      targets.some(({ key, state }) => state === 'Committed' && key.startsWith(place)) ? [id] : [],
    )
  return now.endpointConfigs.flatMap(({ accountId, region, name, tags }) => {
    const ids = committers(`${accountId}/${region}/`)
    return ids.length > 1 && ids.includes(tags['sluice:rollout'] ?? '') ? [name] : []
  })
}

function judgeEffects(
  stage: Stage,
  aliases: Readonly<Record<string, string>>,
  clean: EffectCounts,
): readonly string[] {
  return Object.entries(countEffects(stage.ledger.effects, aliases))
    .filter(([what, times]) => times > (clean[what] ?? 0))
    .map(([what, times]) => `${what} took effect ${times} times, undisturbed ${clean[what] ?? 0}`)
}

async function heldLocks(stage: Stage, keys: readonly string[]): Promise<readonly string[]> {
  const held = await Promise.all(
    [...new Set(keys)].map(async (key) => {
      for (let tries = 0; tries < 20; tries++) {
        const status = await stage.stack.client.workflow
          .getHandle(lockId(key))
          .describe()
          .then(
            (one) => one.status.name,
            () => 'NOT_FOUND',
          )
        if (status !== 'RUNNING') return []
        await new Promise((resolve) => setTimeout(resolve, 250))
      }
      return [`the lock of ${key} is still held`]
    }),
  )
  return held.flat()
}
