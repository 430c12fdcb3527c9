import { randomUUID } from 'node:crypto'
import { endpointSeed, oneWave, spots } from '../../../bench/support/fleet-world.ts'
import type { Verb } from '../../../rollout/phases.ts'
import { approval } from '../../support/documents.ts'
import type { Answer, Person } from '../../support/start-stack.ts'
import type { ExpectedRollout, Scenario, Stage } from '../scenario.ts'
import { aborted, bakes, light, mustDecide, rolledBack, scenario, succeeds } from './light.ts'

const approvable = { members: { approval } }

const atTheGate = (stage: Stage, id: string) => stage.until(id, ({ phase }) => phase === 'AwaitingApproval')

/** A status of the API that says that the decision counts. */
const taken = ({ status }: Answer): boolean => status === 200

/** Decisions that are sent at the same moment; which of them comes first is left to chance. */
const atOnce = (
  stage: Stage,
  id: string,
  ...decisions: readonly (readonly [Verb, Person, Readonly<Record<string, unknown>>?])[]
): Promise<readonly Answer[]> =>
  Promise.all(decisions.map(([verb, by, body]) => stage.decide(id, verb, by, body)))

const expectTaken = (answers: readonly Answer[], counts: readonly number[]): void => {
  const found = answers.filter(taken).length
  if (!counts.includes(found))
    throw new Error(
      `${found} were taken: ${JSON.stringify(answers.map(({ status, body }) => ({ status, body })))}`,
    )
}

/** How often the rollout took a verb. */
const counted = async (stage: Stage, id: string, verb: Verb): Promise<number> => {
  const { decisions } = await stage.stack.view(id)
  return decisions.filter((one) => one.verb === verb && !one.result.startsWith('refused')).length
}

const expectCounted = async (stage: Stage, id: string, verb: Verb, wanted: number): Promise<void> => {
  const found = await counted(stage, id, verb)
  if (found !== wanted) throw new Error(`${verb} counted ${found} times, not ${wanted}`)
}

const races: readonly Scenario[] = [
  scenario('people/abort-and-promote-full/baking', async (stage, id) => {
    await stage.until(id, bakes(1))
    await atOnce(stage, id, ['promoteFull', 'mia'], ['abort', 'zoe'])
    return aborted
  }),
  scenario(
    'people/abort-and-promote-full/held',
    async (stage, id) => {
      await stage.until(id, bakes(2))
      await stage.alarm('us-east-1')
      await stage.until(id, ({ phase }) => phase === 'Held')
      const [, abort] = await atOnce(stage, id, ['promoteFull', 'mia'], ['abort', 'zoe'])
      return abort && taken(abort) ? { outcomes: ['Aborted'] } : { outcomes: ['Partial'] }
    },
    { members: { production: { onFailure: 'hold' } } },
  ),
  scenario(
    'people/abort-and-promote-full/promoted',
    async (stage, id) => {
      await stage.until(id, ({ phase }) => phase === 'Promoted')
      const [, abort] = await atOnce(stage, id, ['promoteFull', 'mia'], ['abort', 'zoe'])
      return abort && taken(abort) ? aborted : succeeds
    },
    { members: { production: { keepPrevious: '1h' } } },
  ),
  scenario(
    'people/approve-and-reject',
    async (stage, id) => {
      await atTheGate(stage, id)
      const [approved, rejected] = await atOnce(stage, id, ['approve', 'mia'], ['reject', 'ben'])
      expectTaken(
        [approved, rejected].filter((one) => one !== undefined),
        [1, 2],
      )
      return rejected && taken(rejected) ? { outcomes: ['Rejected'], reason: /rejected by ben/ } : succeeds
    },
    approvable,
  ),
  scenario(
    'people/the-same-decision-many-times',
    async (stage, id) => {
      await atTheGate(stage, id)
      const once = { decisionId: randomUUID() }
      const answers = await atOnce(
        stage,
        id,
        ...Array.from({ length: 6 }, () => ['approve', 'mia', once] as const),
      )
      expectTaken(answers, [6])
      await stage.ended(id)
      await expectCounted(stage, id, 'approve', 1)
      return succeeds
    },
    approvable,
  ),
  scenario(
    'people/the-same-approval-under-two-ids',
    async (stage, id) => {
      await atTheGate(stage, id)
      const answers = await atOnce(stage, id, ['approve', 'mia'], ['approve', 'mia'])
      expectTaken(answers, [1])
      await mustDecide(stage, id, 'approve', 'ben')
      await stage.ended(id)
      await expectCounted(stage, id, 'approve', 2)
      return succeeds
    },
    { members: { approval: { ...approval, required: 2 } } },
  ),
  scenario('people/the-same-abort-under-two-ids', async (stage, id) => {
    await stage.until(id, bakes(1))
    expectTaken(await atOnce(stage, id, ['abort', 'zoe'], ['abort', 'zoe'], ['abort', 'zoe']), [3])
    return aborted
  }),
  scenario(
    'people/while-no-worker-runs/approve',
    async (stage, id) => {
      await atTheGate(stage, id)
      await stage.stack.killWorker()
      const approved = stage.decide(id, 'approve', 'mia')
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      await stage.stack.startWorker()
      expectTaken([await approved], [1])
      await stage.ended(id)
      await expectCounted(stage, id, 'approve', 1)
      return succeeds
    },
    approvable,
  ),
  scenario('people/while-no-worker-runs/abort', async (stage, id) => {
    await stage.until(id, bakes(1))
    await stage.stack.killWorker()
    const stopped = stage.decide(id, 'abort', 'zoe')
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    await stage.stack.startWorker()
    expectTaken([await stopped], [1])
    return aborted
  }),
  scenario(
    'people/while-no-worker-runs/approve-and-reject',
    async (stage, id) => {
      await atTheGate(stage, id)
      await stage.stack.killWorker()
      const both = atOnce(stage, id, ['approve', 'mia'], ['reject', 'ben'])
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      await stage.stack.startWorker()
      const [, rejected] = await both
      return rejected && taken(rejected) ? { outcomes: ['Rejected'], reason: /rejected by ben/ } : succeeds
    },
    approvable,
  ),
  scenario(
    'people/undo-and-commit',
    async (stage, id) => {
      await stage.until(id, ({ phase }) => phase === 'Promoted')
      const [undone] = await atOnce(stage, id, ['undo', 'mia'], ['promoteFull', 'ben'])
      if (undone?.status === 202) throw new Error('it was committed and undone by a new rollout')
      return undone && taken(undone) ? rolledBack(/undone by mia/) : succeeds
    },
    { members: { production: { keepPrevious: '1h' } } },
  ),
]

const several = (
  id: string,
  run: (stage: Stage) => Promise<readonly ExpectedRollout[]>,
  more: Partial<Scenario> = {},
): Scenario => ({
  id,
  kind: 'people race',
  path: 'other',
  ...more,
  run: async (stage) => ({ rollouts: await run(stage) }),
})

const second = { version: 38, name: 'fraud-again' }

/** Two rollouts on the same endpoints. */
const busy: readonly Scenario[] = [
  several('people/busy/reject', async (stage) => {
    const first = await stage.start(light(stage))
    await stage.until(first, bakes(1))
    const refused = await stage.stack.ask('zoe', 'POST', '/v1/rollouts', light(stage, second))
    if (refused.status !== 409) throw new Error(`the second is answered ${refused.status}`)
    await stage.ended(first)
    return [{ id: first, ...succeeds }]
  }),
  several('people/busy/reject-at-once', async (stage) => {
    const documents = [light(stage), light(stage, second)]
    const answers = await Promise.all(
      documents.map((one) => stage.stack.ask<{ id: string }>('zoe', 'POST', '/v1/rollouts', one)),
    )
    const ids = answers.filter(({ status }) => status === 202).map(({ body }) => body.id)
    const ends = await Promise.all(ids.map(async (id) => ({ id, view: await stage.ended(id) })))
    const good = ends.filter(({ view }) => view.outcome === 'Succeeded')
    if (good.length !== 1) throw new Error(`${good.length} of two succeeded`)
    return ends.map(({ id }) =>
      id === good[0]?.id
        ? { id, ...succeeds }
        : { id, outcomes: ['Failed'], reason: /whenBusy is reject|held by rollout/ },
    )
  }),
  several('people/busy/queue', async (stage) => {
    const first = await stage.start(light(stage))
    await stage.until(first, bakes(1))
    const next = await stage.start(light(stage, { ...second, whenBusy: 'queue' }))
    await stage.until(next, ({ phase }) => phase === 'Queued')
    await Promise.all([stage.ended(first), stage.ended(next)])
    return [first, next].map((id) => ({ id, ...succeeds }))
  }),
  several('people/busy/replace', async (stage) => {
    const first = await stage.start(light(stage))
    await stage.until(first, bakes(1))
    const next = await stage.start(light(stage, { ...second, whenBusy: 'replace' }))
    await Promise.all([stage.ended(first), stage.ended(next)])
    return [
      { id: first, outcomes: ['Superseded'], reason: /superseded by rollout/ },
      { id: next, ...succeeds },
    ]
  }),
  several('people/busy/replace-a-promoted-one', async (stage) => {
    const first = await stage.start(light(stage, { production: { keepPrevious: '1h' } }))
    await stage.until(first, ({ phase }) => phase === 'Promoted')
    const next = await stage.start(light(stage, { ...second, whenBusy: 'replace' }))
    await Promise.all([stage.ended(first), stage.ended(next)])
    return [first, next].map((id) => ({ id, ...succeeds }))
  }),
]

/** Ten rollouts of two endpoints each; every third is aborted when it takes traffic. */
const ten: Scenario = several(
  'people/ten-at-once',
  async (stage) => {
    const fleet = spots(stage.stack.accounts, 20)
    const ids = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        stage.start(
          light(stage, {
            name: `fraud-${index + 1}`,
            // They would meet at its one endpoint.
            staging: undefined,
            production: { waves: oneWave(fleet.slice(index * 2, index * 2 + 2)) },
          }),
        ),
      ),
    )
    return Promise.all(
      ids.map(async (id, index) => {
        if (index % 3 === 2) {
          await stage.until(id, ({ targets }) => targets.some(({ actual }) => actual > 0), 400)
          await mustDecide(stage, id, 'abort', 'zoe')
        }
        await stage.ended(id, 400)
        return { id, ...(index % 3 === 2 ? aborted : succeeds) }
      }),
    )
  },
  { seed: ({ stack }) => endpointSeed(spots(stack.accounts, 20), 10) },
)

/** People who decide at the same moment, twice, or while nobody is there to hear them. */
export const people: readonly Scenario[] = [...races, ...busy, ten]
