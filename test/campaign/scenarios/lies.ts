import { CloudWatchClient, DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import type { FaultRequest } from '../../../sandbox/core/faults.ts'
import { reportChargebacks } from '../../support/business.ts'
import { readWorld } from '../../support/world-state.ts'
import type { Expectation, Scenario, Stage } from '../scenario.ts'
import { aborted, bakes, mustDecide, oneRollout, rolledBack, scenario, succeeds } from './light.ts'

type Region = 'eu-west-1' | 'us-east-1'

const accountIn = ({ stack: { accounts } }: Stage, region: Region): string =>
  region === 'eu-west-1' ? accounts.prodEu : accounts.prodWorld

/** Arms a fault of SageMaker on the production endpoint of a Region. */
const arm = (stage: Stage, region: Region, fault: Omit<FaultRequest, 'service' | 'region'>): void =>
  stage.stack.arm({ service: 'sagemaker', region, name: 'fraud-scorer', ...fault })

/** What somebody else, or AWS itself, does to the production endpoint of a Region. */
const control = (stage: Stage, region: Region, name: string, body: object): Promise<void> =>
  stage.stack.control(name, { account: accountIn(stage, region), region, endpoint: 'fraud-scorer', ...body })

const settings = (stage: Stage, body: object): Promise<void> => stage.stack.control('sagemaker', body)

/** An update that does not end as asked: at the first update (prepare) and, by skipping that, at the commit. */
const updates: readonly Scenario[] = [
  ...[{ reason: 'Request to service failed.' }, {}].map((details) =>
    scenario(
      `lies/silent-rollback/${details.reason ? 'with' : 'without'}-reason`,
      async () => rolledBack(/SageMaker undid the update/),
      { before: (stage) => arm(stage, 'us-east-1', { kind: 'silent-rollback', with: details }) },
    ),
  ),
  scenario(
    'lies/silent-rollback/of-the-commit',
    async (stage, id) => {
      const view = await stage.until(id, ({ phase }) => phase === 'NeedsHuman' || phase === 'Ended')
      if (view.phase === 'NeedsHuman') await mustDecide(stage, id, 'retry')
      return succeeds
    },
    { before: (stage) => arm(stage, 'us-east-1', { kind: 'silent-rollback', skip: 1 }) },
  ),
  scenario(
    'lies/update-rollback-failed',
    async (stage, id) => {
      await stage.until(id, ({ phase, targets }) => {
        const [first, second] = targets
        return phase === 'NeedsHuman' && first?.state !== 'NeedsHuman' && second?.state === 'NeedsHuman'
      })
      // The person does what they are told.
      await control(stage, 'us-east-1', 'foreign-update', { config: 'fraud-scorer-v37' })
      await mustDecide(stage, id, 'retry')
      return rolledBack(/could not undo its own update/)
    },
    {
      before: (stage) => arm(stage, 'us-east-1', { kind: 'update-rollback-failed', with: { reason: 'no' } }),
    },
  ),
  scenario('lies/capacity-error/of-the-new-fleet', async () => rolledBack(/InsufficientInstanceCapacity/), {
    before: (stage) => arm(stage, 'us-east-1', { kind: 'capacity-error', operation: 'UpdateEndpoint' }),
  }),
  scenario('lies/capacity-error/of-a-scale-out', async () => rolledBack(/InsufficientInstanceCapacity/), {
    before: (stage) =>
      arm(stage, 'us-east-1', {
        kind: 'capacity-error',
        operation: 'UpdateEndpointWeightsAndCapacities',
      }),
  }),
  scenario(
    'lies/weights-rolled-back',
    async () => rolledBack(/undid|rolled back|Request to service failed/),
    {
      before: (stage) => arm(stage, 'us-east-1', { kind: 'weights-failed' }),
    },
  ),
  scenario('lies/never-healthy', async () => rolledBack(/ping health check/), {
    before: (stage) => arm(stage, 'us-east-1', { kind: 'never-healthy' }),
  }),
]

/** Maintenance: SageMaker takes no change for a while. */
const maintenance: readonly Scenario[] = [
  scenario('lies/maintenance/whenever-it-rests', async () => succeeds, {
    before: (stage) => arm(stage, 'us-east-1', { kind: 'maintenance', times: 4, with: { for: '2m' } }),
  }),
  scenario('lies/maintenance/abort', async (stage, id) => {
    await stage.until(id, bakes(1))
    await control(stage, 'eu-west-1', 'maintenance', { for: '10m' })
    await mustDecide(stage, id, 'abort', 'zoe')
    return aborted
  }),
  scenario('lies/maintenance/alarm', async (stage, id) => {
    await stage.until(id, bakes(1))
    await control(stage, 'eu-west-1', 'maintenance', { for: '10m' })
    await stage.alarm('eu-west-1')
    return rolledBack(/alarm fraud-scorer-business/)
  }),
  scenario('lies/scale-out/alarm', async (stage, id) => {
    arm(stage, 'eu-west-1', {
      kind: 'slow-deployment',
      operation: 'UpdateEndpointWeightsAndCapacities',
      skip: 2,
      with: { factor: 20 },
    })
    await stage.until(id, bakes(1))
    await control(stage, 'eu-west-1', 'foreign-update', { counts: { AllTraffic: 4 } }).catch(() => undefined)
    await stage.alarm('eu-west-1')
    return rolledBack(/alarm fraud-scorer-business/)
  }),
]

const stableCount = async (stage: Stage): Promise<number | undefined> => {
  const { endpoints } = await readWorld(stage.stack)
  const endpoint = endpoints.find(
    ({ region, accountId }) => region === 'eu-west-1' && accountId === accountIn(stage, 'eu-west-1'),
  )
  return endpoint?.variants.find(({ name }) => name === 'AllTraffic')?.desiredCount
}

/** Autoscaling changes stable's instances during the rollout: no conflict, and what it wanted stays. */
const autoscaled = (name: string, play: (stage: Stage, id: string) => Promise<void>): Scenario => ({
  id: `lies/autoscaled/${name}`,
  kind: 'SageMaker lies',
  path: 'other',
  async run(stage): Promise<Expectation> {
    const expectation = await oneRollout(stage, {}, async (id) => {
      await stage.until(id, bakes(1))
      await control(stage, 'eu-west-1', 'foreign-update', { counts: { AllTraffic: 4 } })
      await play(stage, id)
      return name === 'and-succeeds' ? succeeds : aborted
    })
    const count = await stableCount(stage)
    if (count !== 4) throw new Error(`stable was scaled to 4 instances and has ${count}`)
    return expectation
  },
})

/** Descriptions that are behind. */
const lagging: readonly Scenario[] = [
  scenario('lies/eventual/configs', async () => succeeds, {
    before: (stage) => settings(stage, { consistencyMs: 60_000 }),
  }),
  ...[2_000, 10_000].map((describeLagMs) =>
    scenario(`lies/eventual/descriptions-${describeLagMs / 1_000}s`, async () => succeeds, {
      before: (stage) => settings(stage, { describeLagMs }),
    }),
  ),
  scenario(
    'lies/eventual/descriptions-10s-abort',
    async (stage, id) => {
      await stage.until(id, bakes(1))
      await mustDecide(stage, id, 'abort', 'zoe')
      return aborted
    },
    { before: (stage) => settings(stage, { describeLagMs: 10_000 }) },
  ),
]

const ownAlarm = async (stage: Stage): Promise<string> => {
  const { alarms } = await readWorld(stage.stack)
  const found = alarms.find(
    ({ name, region, accountId }) =>
      name !== 'fraud-scorer-business' &&
      region === 'eu-west-1' &&
      accountId === accountIn(stage, 'eu-west-1'),
  )
  if (!found) throw new Error('the rollout has no alarm of its own')
  return found.name
}

const deleteAlarm = async (stage: Stage, name: string): Promise<void> => {
  const client = new CloudWatchClient({
    endpoint: stage.stack.sandbox.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: `AKIA${accountIn(stage, 'eu-west-1')}`, secretAccessKey: 'any' },
  })
  await client.send(new DeleteAlarmsCommand({ AlarmNames: [name] }))
  client.destroy()
}

/** A person answers every question that Sluice asks until the rollout is over. */
const answering = async (stage: Stage, id: string, verb: 'approve' | 'reject'): Promise<number> => {
  for (let asked = 0; ; asked++) {
    const view = await stage.until(id, ({ gate, phase }) => gate !== undefined || phase === 'Ended')
    if (view.phase === 'Ended') return asked
    const { openedAt } = view.gate ?? {}
    await stage.decide(id, verb)
    await stage.until(id, ({ gate, phase }) => gate?.openedAt !== openedAt || phase === 'Ended')
  }
}

const asked = async (stage: Stage, id: string, verb: 'approve' | 'reject'): Promise<void> => {
  if ((await answering(stage, id, verb)) === 0) throw new Error('nobody was asked')
}

/** Alarms and metrics that say nothing, or not all the time. */
const evidence: readonly Scenario[] = [
  scenario('lies/alarm-deleted/approve', async (stage, id) => {
    await stage.until(id, bakes(1))
    await deleteAlarm(stage, await ownAlarm(stage))
    await asked(stage, id, 'approve')
    return succeeds
  }),
  scenario('lies/alarm-deleted/reject', async (stage, id) => {
    await stage.until(id, bakes(1))
    await deleteAlarm(stage, await ownAlarm(stage))
    await asked(stage, id, 'reject')
    return { outcomes: ['Rejected'], reason: /rejected by mia/ }
  }),
  scenario('lies/team-alarm-deleted', async (stage, id) => {
    await stage.until(id, bakes(1))
    await deleteAlarm(stage, 'fraud-scorer-business')
    await asked(stage, id, 'reject')
    const { alarms } = await readWorld(stage.stack)
    Object.assign(stage, { before: { ...stage.before, alarms } })
    return { outcomes: ['Rejected'], reason: /rejected by mia/ }
  }),
  scenario('lies/alarm-flaps', async (stage, id) => {
    await stage.until(id, bakes(1))
    const stop = await reportChargebacks(stage.stack, 'eu-west-1', 0.9)
    await stage.stack.red('eu-west-1')
    stop()
    const quiet = await reportChargebacks(stage.stack, 'eu-west-1', 0)
    await stage.ended(id).finally(quiet)
    return rolledBack(/alarm fraud-scorer-business/)
  }),
  scenario('lies/metrics-late', async () => succeeds, {
    before: (stage) => stage.stack.control('cloudwatch', { metricDelayMs: 100_000 }),
  }),
  // An alarm looks back three periods: what comes later than that never counts, and a person is asked.
  scenario(
    'lies/metrics-later-than-alarms-look',
    async (stage, id) => {
      await asked(stage, id, 'reject')
      return { outcomes: ['Rejected'], reason: /rejected by mia/ }
    },
    { before: (stage) => stage.stack.control('cloudwatch', { metricDelayMs: 240_000 }) },
  ),
  ...(['approve', 'reject'] as const).map((verb) =>
    scenario(
      `lies/metrics-missing/${verb}`,
      async (stage, id) => {
        await asked(stage, id, verb)
        return verb === 'approve' ? succeeds : { outcomes: ['Rejected'], reason: /rejected by mia/ }
      },
      {
        before: (stage) =>
          stage.stack.arm({
            kind: 'metrics-missing',
            service: 'monitoring',
            name: 'fraud-scorer',
            forMs: 600_000,
          }),
        members: {
          production: {
            watch: {
              alarms: ['fraud-scorer-business'],
              pollEvery: '15s',
              settle: '1m',
              minInvocations: 100,
              maxExtension: '5m',
            },
          },
        },
      },
    ),
  ),
  scenario('lies/describe-alarms-fails/shortly', async (stage, id) => {
    await stage.until(id, bakes(1))
    stage.stack.arm({
      kind: 'internal-error',
      service: 'monitoring',
      operation: 'DescribeAlarms',
      forMs: 1_000,
    })
    await stage.ended(id)
    return succeeds
  }),
  scenario('lies/describe-alarms-fails/for-minutes', async (stage, id) => {
    await stage.until(id, bakes(1))
    stage.stack.arm({
      kind: 'internal-error',
      service: 'monitoring',
      operation: 'DescribeAlarms',
      forMs: 8_000,
    })
    await asked(stage, id, 'approve')
    return succeeds
  }),
]

/** Everything in which AWS is not what it says. */
export const lies: readonly Scenario[] = [
  ...updates,
  ...maintenance,
  autoscaled('and-succeeds', async (stage, id) => void (await stage.ended(id))),
  autoscaled('and-goes-back', (stage, id) => mustDecide(stage, id, 'abort', 'zoe')),
  ...lagging,
  ...evidence,
]
