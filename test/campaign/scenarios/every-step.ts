import type { RecordedPath } from '../recording.ts'
import type { Moment } from '../probe.ts'
import type { Expectation, Scenario, Stage } from '../scenario.ts'
import { aborted, succeeds } from './light.ts'

/** Ends of activities: between two of them there is nothing else that could tell one moment of a rollout from another. */
const endsIn = ({ moments }: RecordedPath): readonly Moment[] => [
  ...new Set(moments.filter((moment) => moment.startsWith('returned/'))),
]

/** Plays the good path, whatever is asked on the way, and lets something happen once, at one of its moments. */
async function disturbed(
  stage: Stage,
  moment: Moment,
  disturb: (id: string) => Promise<void>,
): Promise<{ readonly id: string; readonly reached: boolean }> {
  let happening: Promise<void> | undefined
  let begun: string | undefined = undefined
  let early = false
  const happen = (id: string): void => {
    happening ??= disturb(id)
    happening.catch(() => undefined)
  }
  await stage.record((seen) => {
    if (seen !== moment) return
    if (begun === undefined) early = true
    else happen(begun)
  })
  const id = await stage.start(stage.document())
  begun = id
  if (early) happen(id)
  for (;;) {
    const { phase, gate } = await stage.until(id, (view) => view.gate !== undefined || view.phase === 'Ended')
    if (phase === 'Ended') break
    await stage.decide(id, 'approve', 'mia')
    await stage.until(id, (view) => view.gate?.openedAt !== gate?.openedAt || view.phase === 'Ended')
  }
  await happening
  return { id, reached: happening !== undefined }
}

const point = (
  { id, kind }: Pick<Scenario, 'id' | 'kind'>,
  moment: Moment,
  run: (stage: Stage) => Promise<Expectation>,
): Scenario => ({ id: `${id}/${moment.replace('returned/', '')}`, kind, path: 'other', run })

/** An abort as soon as each activity of the good path has ended. */
export function abortAtEveryStep(good: RecordedPath): readonly Scenario[] {
  return endsIn(good).map((moment) =>
    point({ id: 'people/abort-at', kind: 'people race: abort at every step' }, moment, async (stage) => {
      let refused = false
      const { id, reached } = await disturbed(stage, moment, async (rollout) => {
        const { status } = await stage.decide(rollout, 'abort', 'zoe')
        refused = status === 409
      })
      return { rollouts: [{ id, ...(refused || !reached ? succeeds : aborted) }], reached }
    }),
  )
}

/** Where the endpoint that somebody else changes is, in the second wave. */
const place = '@prodWorld:us-east-1'
const weight = 3

/** Somebody else gives the endpoint another weight as soon as each activity of the good path has ended. */
export function foreignUpdateAtEveryStep(good: RecordedPath): readonly Scenario[] {
  const ends = endsIn(good)
  const first = ends.findIndex((one) => one.startsWith(`returned/updateEndpoint${place}#1`))
  const last = ends.findIndex((one) => one.startsWith(`returned/updateEndpoint${place}#2`))
  // Then targets commit beside each other: what one of them does says nothing of how far another has come.
  const watched = ends.findLastIndex((one) => one.startsWith('returned/judgeBake'))
  return ends.map((moment, index) =>
    point(
      { id: 'lies/foreign-at', kind: 'SageMaker lies: an update by others at every step' },
      moment,
      async (stage) => {
        const { id, reached } = await disturbed(stage, moment, () => changeWeight(stage))
        keepTheirs(stage)
        const ours = index >= first && index < (moment.includes(place) ? last : watched)
        return {
          rollouts: [{ id, outcomes: ours && reached ? ['Conflict'] : ['Conflict', 'Succeeded'] }],
          reached,
        }
      },
    ),
  )
}

/** What they changed is theirs: it is as it should be from now on, wherever the rollout does not leave the endpoint to a person. */
function keepTheirs(stage: Stage): void {
  const { before, stack } = stage
  const endpoints = before.endpoints.map((endpoint) =>
    endpoint.accountId === stack.accounts.prodWorld && endpoint.region === 'us-east-1'
      ? { ...endpoint, variants: endpoint.variants.map((one) => ({ ...one, desiredWeight: weight })) }
      : endpoint,
  )
  Object.assign(stage, { before: { ...before, endpoints } })
}

/** At once, or else when SageMaker accepts it. */
async function changeWeight({ stack }: Stage): Promise<void> {
  const weights = { AllTraffic: weight }
  const on = { account: stack.accounts.prodWorld, region: 'us-east-1', endpoint: 'fraud-scorer' }
  await stack.control('foreign-update', { ...on, weights }).catch(() =>
    stack.arm({
      kind: 'foreign-update',
      service: 'sagemaker',
      region: on.region,
      name: on.endpoint,
      with: { weights },
    }),
  )
}
