import type { Verb } from '../../../rollout/phases.ts'
import type { StepState } from '../../../rollout/phases.ts'
import type { RolloutView } from '../../../rollout/view.ts'
import type { Person } from '../../support/start-stack.ts'
import type { DocumentMembers, Expectation, ExpectedRollout, Scenario, Stage } from '../scenario.ts'

/** The document without what a scenario about production does not need: two waves of one target, and no gate. */
export function light(
  stage: Stage,
  { production = {}, ...members }: DocumentMembers = {},
): Record<string, unknown> {
  return stage.document({
    promote: undefined,
    approval: undefined,
    record: undefined,
    production: {
      waves: [
        [{ account: 'prod-eu', region: 'eu-west-1' }],
        [{ account: 'prod-world', region: 'us-east-1' }],
      ],
      ...production,
    },
    ...members,
  })
}

/** One rollout from its start to its end; `play` does to it what the scenario is about. */
export async function oneRollout(
  stage: Stage,
  members: DocumentMembers,
  play: (id: string) => Promise<Omit<ExpectedRollout, 'id'>>,
): Promise<Expectation> {
  const id = await stage.start(light(stage, members))
  const expected = await play(id)
  await stage.ended(id)
  return { rollouts: [{ id, ...expected }] }
}

/** Ends of rollouts, with the reason that they must give. */
export const succeeds = { outcomes: ['Succeeded'] } as const
export const rolledBack = (reason: RegExp) => ({ outcomes: ['RolledBack'], reason }) as const
export const aborted = { outcomes: ['Aborted'], reason: /^aborted by zoe/ } as const

/** Whether the wave's bake of the canary is running. */
export const bakes = (wave: number) => (view: RolloutView) =>
  view.phase === 'Baking' && isAt(view, (step) => step.kind === 'bake' && step.wave === wave, 'Running')

const isAt = (
  view: RolloutView,
  which: (step: RolloutView['steps'][number]) => boolean,
  state: StepState,
): boolean => view.steps.some((step) => which(step) && step.state === state)

/** The same decision as many would make it; throws when it is not taken. */
export async function mustDecide(
  stage: Stage,
  id: string,
  verb: Verb,
  by: Person = 'mia',
  body: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { status, body: answer } = await stage.decide(id, verb, by, body)
  if (status !== 200) throw new Error(`${verb} is refused: ${status} ${JSON.stringify(answer)}`)
}

/** A scenario over one rollout of the light document. */
export function scenario(
  id: string,
  play: (stage: Stage, id: string) => Promise<Omit<ExpectedRollout, 'id'>>,
  {
    members = {},
    before = async () => undefined,
    world,
  }: {
    readonly members?: DocumentMembers
    readonly before?: (stage: Stage) => unknown
    readonly world?: Scenario['world']
  } = {},
): Scenario {
  return {
    id,
    kind: kindOf(id),
    path: 'other',
    ...(world ? { world } : {}),
    async run(stage) {
      await before(stage)
      return oneRollout(stage, members, (rollout) => play(stage, rollout))
    },
  }
}

/** Row of the matrix by the first word of an id. */
function kindOf(id: string): string {
  return id.startsWith('lies/') ? 'SageMaker lies' : 'people race'
}
