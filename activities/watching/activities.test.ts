import {
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  SetAlarmStateCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fingerprintOf } from '../../rollout/deploy/fingerprint.ts'
import type { PlannedAlarm } from '../../rollout/plan/types.ts'
import type { JudgeBake, WatchHeartbeat } from '../contract.ts'
import { createWaiting } from '../index.ts'
import { createHistoryReader } from './alarm-history.ts'
import { account, attempt, drive, failureOf, on, region, startActivities, target } from '../world.fixture.ts'

let world: Awaited<ReturnType<typeof startActivities>>
afterEach(() => world.sandbox.close())

const alarm = (AlarmName: string, more: object = {}) => ({
  account,
  region,
  AlarmName,
  Namespace: 'AWS/SageMaker',
  MetricName: 'Invocation5XXErrors',
  Dimensions: [
    { Name: 'EndpointName', Value: 'fraud' },
    { Name: 'VariantName', Value: 'AllTraffic' },
  ],
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0.05,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
  AlarmActions: ['arn:aws:sns:eu-west-1:333333333333:pager'],
  state: 'OK',
  ...more,
})
const composite = { account, region, AlarmName: 'all', AlarmRule: 'ALARM("fraud-5xx")', state: 'OK' }
const start = async (more: Parameters<typeof startActivities>[0] = {}) =>
  (world = await startActivities({
    ...more,
    seed: { alarms: [alarm('fraud-5xx'), composite], ...more.seed },
  }))

const own: PlannedAlarm = {
  kind: 'metric',
  name: 'sluice-fraud-abc-latency',
  metric: 'ModelLatency',
  stat: 'p99',
  threshold: 300_000,
  period: 60,
  datapointsToAlarm: 3,
  evaluationPeriods: 5,
}
const copy: PlannedAlarm = { kind: 'like', name: 'sluice-fraud-abc-5xx', like: 'fraud-5xx' }
const existing: PlannedAlarm = { kind: 'existing', name: 'fraud-5xx' }
const making = { ...on, alarms: [existing, copy, own], stableVariant: 'AllTraffic', variant: 'c-1' }

const alarms = async (...AlarmNames: string[]): Promise<readonly MetricAlarm[]> =>
  (await world.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames }))).MetricAlarms ?? []
/** A composite alarm keeps a state that is set; a metric alarm is evaluated anew. */
const turnRed = (AlarmName: string) =>
  world.cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'a test says so' }),
  )

const turnGreen = (AlarmName: string) =>
  world.cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName, StateValue: 'OK', StateReason: 'a test says so' }),
  )

describe('the alarms of a rollout', () => {
  it('are made once, carry its tags, and are gone afterwards, whatever answers are lost', async () => {
    await start()
    world.arm({ kind: 'lose-answer', operation: 'PutMetricAlarm', with: { as: 'error' } })
    await drive(() => world.activities.ensureAlarms(making))
    await drive(() => world.activities.ensureAlarms(making))
    const [copied, ours] = await alarms(copy.name, own.name)
    expect(copied?.Dimensions).toContainEqual({ Name: 'VariantName', Value: 'c-1' })
    expect(copied?.AlarmActions).toEqual(['arn:aws:sns:eu-west-1:333333333333:pager'])
    expect(ours).toMatchObject({ ExtendedStatistic: 'p99', Threshold: 300_000, TreatMissingData: 'missing' })
    const { Tags } = await world.cloudwatch.send(
      new ListTagsForResourceCommand({ ResourceARN: copied?.AlarmArn }),
    )
    expect(Tags).toContainEqual({ Key: 'sluice:rollout', Value: on.rolloutId })

    world.arm({ kind: 'lose-answer', operation: 'DeleteAlarms', with: { as: 'error' } })
    const names = [copy.name, own.name, existing.name]
    await drive(() => world.activities.deleteAlarms({ ...on, names }))
    // The existing one is not ours, so it stays.
    expect((await alarms(...names)).map((one) => one.AlarmName)).toEqual(['fraud-5xx'])
  })

  it('never overwrite one of somebody else’s', async () => {
    await start({ seed: { alarms: [alarm('fraud-5xx'), alarm(copy.name, { Threshold: 0.5 })] } })
    const failure = await failureOf(() => world.activities.ensureAlarms(making))
    expect(failure).toMatchObject({ type: 'Conflict', message: expect.stringContaining(copy.name) })
    expect((await alarms(copy.name))[0]?.Threshold).toBe(0.5)
  })

  it.each([
    ['a composite', 'all', 'Refused', /composite alarm and cannot be copied/],
    ['one that does not exist', 'none', 'NotFound', /none, which is to be copied, does not exist/],
  ])('cannot copy %s', async (_title, like, type, message) => {
    await start()
    const alarms = [{ ...copy, like }]
    const failure = await failureOf(() => world.activities.ensureAlarms({ ...making, alarms }))
    expect(failure).toMatchObject({ type, message: expect.stringMatching(message) })
  })
})

describe('the watch', () => {
  const watching = { ...on, alarms: [existing], since: Date.now(), pollEvery: 20, patience: 300 }

  // Red by what the endpoint really serves: 1200 requests a minute are more than 600.
  const busy = alarm('busy', { MetricName: 'Invocations', Statistic: 'Sum', Threshold: 600 })
  const underLoad = {
    requestsPerSecond: 20,
    seed: { alarms: [busy, { ...composite, AlarmRule: 'ALARM("busy")' }] },
  }

  it('ends when an alarm goes red, with value, threshold and datapoints', async () => {
    await start(underLoad)
    const alarms: PlannedAlarm[] = [{ kind: 'existing', name: 'busy' }]
    const { value } = await drive(() => world.activities.watchTarget({ ...watching, alarms }))
    expect(value).toMatchObject({
      result: 'Fail',
      target: on.target.key,
      cause: { kind: 'alarm', alarm: 'busy', metric: 'Invocations', threshold: 600 },
    })
    expect(value.cause).toHaveProperty('value', expect.closeTo(1200, -3))
    expect(value.message).toMatch(/^alarm busy is in ALARM: Invocations [\d.]+ > 600 \(1 of 1 datapoints\)$/)
  })

  it('sees composite alarms, and not those that the document ignores', async () => {
    await start(underLoad)
    const both: PlannedAlarm[] = [
      { kind: 'existing', name: 'busy', ignored: true },
      { kind: 'existing', name: 'all' },
    ]
    const { value } = await drive(() => world.activities.watchTarget({ ...watching, alarms: both }))
    expect(value).toMatchObject({ result: 'Fail', cause: { kind: 'alarm', alarm: 'all' } })
    expect(value.message).toContain('busy')
    await expect(
      drive(() => world.activities.watchTarget({ ...watching, alarms: [both[0]!] }), { most: 3 }),
    ).rejects.toMatchObject({ type: 'NotYet' })
  })

  it('that begins long after the traffic did names an alarm that was red meanwhile', async () => {
    await start()
    const since = Date.now() - 60_000
    const alarms: PlannedAlarm[] = [existing, { kind: 'existing', name: 'all' }]
    await turnRed('all')
    await turnGreen('all')
    const { value } = await drive(() => world.activities.watchTarget({ ...watching, alarms, since }))
    expect(value).toMatchObject({ result: 'Fail', cause: { kind: 'alarm', alarm: 'all' } })
    expect(value.message).toMatch(/^alarm all was in ALARM at 20.*: a test says so$/)
  })

  it('looks at history once after a gap, not at every poll', async () => {
    await start()
    const since = Date.now() - 60_000
    await expect(
      drive(() => world.activities.watchTarget({ ...watching, since }), { most: 5 }),
    ).rejects.toMatchObject({ message: 'no alarm is in ALARM' })
    expect(world.calls('DescribeAlarms')).toHaveLength(5)
    expect(world.calls('DescribeAlarmHistory')).toHaveLength(1)
  })

  it('of many rollouts shares its looks at history, and each counts only from its own time on', async () => {
    await start()
    const began = Date.now()
    await turnRed('all')
    await turnGreen('all')
    const read = createHistoryReader(world.deps)
    // The first ten have had traffic since before the red moment, the others only since after it.
    const looks = Array.from({ length: 20 }, (_, index) =>
      read(target, `rollout-${index}`, ['all'], index < 10 ? began : Date.now() + 1),
    )
    const found = (await Promise.all(looks)).map((moments) => moments.map((moment) => moment.name))
    expect(found).toEqual([...Array(10).fill(['all']), ...Array(10).fill([])])
    expect(world.calls('DescribeAlarmHistory')).toHaveLength(1)
  })

  it('reads every history though two of three calls are throttled', async () => {
    await start()
    await turnRed('all')
    world.arm({ kind: 'throttle', operation: 'DescribeAlarmHistory', cycle: { hit: 2, pass: 1 } })
    const read = createHistoryReader(world.deps)
    const found = await read(target, 'rollout', ['all', 'fraud-business'], 0)
    expect(found.map(({ name }) => name)).toContain('all')
  })

  it('is Inconclusive when an alarm was deleted, but not at the first look', async () => {
    await start()
    const gone: PlannedAlarm = { kind: 'existing', name: 'gone' }
    const { value, waits } = await drive(() =>
      world.activities.watchTarget({ ...watching, alarms: [existing, gone] }),
    )
    expect(waits).toEqual(['NotYet: alarm gone does not exist any more; looking again'])
    expect(value).toMatchObject({ result: 'Inconclusive', cause: { kind: 'could-not-look' } })
  })

  it('is Inconclusive when looking fails longer than its patience, and forgets failures before that', async () => {
    await start()
    world.arm({ kind: 'access-denied', operation: 'DescribeAlarms', times: 2 })
    await expect(drive(() => world.activities.watchTarget(watching), { most: 6 })).rejects.toMatchObject({
      message: 'no alarm is in ALARM',
    })
    world.arm({ kind: 'access-denied', operation: 'DescribeAlarms', forMs: 60_000 })
    const { value } = await drive(() => world.activities.watchTarget(watching))
    expect(value).toMatchObject({ result: 'Inconclusive', cause: { kind: 'could-not-look' } })
    expect(value.message).toMatch(/^could not look since .*AccessDenied/)
  })

  it('of many rollouts in one account and Region shares its calls', async () => {
    await start()
    const names = Array.from({ length: 150 }, (_, index) => `alarm-${index}`)
    const looks = names.map((name, index) =>
      attempt()
        .run(() =>
          world.activities.watchTarget({
            ...watching,
            rolloutId: `rollout-${index}`,
            alarms: [existing, { kind: 'existing', name }],
          }),
        )
        .catch((error: Error) => error.message),
    )
    expect(new Set(await Promise.all(looks)).size).toBe(150)
    expect(world.calls('DescribeAlarms')).toHaveLength(2)
  })

  it('goes on for the others when the one that asked first is cancelled', async () => {
    await start()
    const first = attempt()
    const cancelled = first
      .run(() => world.activities.watchTarget(watching))
      .catch((error: Error) => error.name)
    const other = attempt()
      .run(() => world.activities.watchTarget({ ...watching, rolloutId: 'other' }))
      .catch((error: Error) => error.message)
    first.cancel()
    expect(await cancelled).toBe('CancelledFailure')
    expect(await other).toBe('no alarm is in ALARM')
  })

  describe('that stays in its attempt', () => {
    const alarms: PlannedAlarm[] = [existing, { kind: 'existing', name: 'all' }]
    /** One attempt, with what it heartbeats; it ends by itself only if there is a reason. */
    const staying = async (info: Parameters<typeof attempt>[0] = {}) => {
      const { watchTarget } = createWaiting(world.deps, { atMost: 60_000, longestWait: 60_000 })
      const environment = attempt(info)
      const beats: WatchHeartbeat[] = []
      environment.on('heartbeat', (details: WatchHeartbeat) => beats.push(details))
      const ended = environment
        .run(() => watchTarget({ ...watching, alarms }))
        .catch((error: unknown) => error)
      return { environment, beats, ended }
    }
    const calm = async (): Promise<WatchHeartbeat> => {
      await start()
      const { beats, ended } = await staying()
      expect(await ended).toMatchObject({ type: 'NotYet' })
      return beats[0]!
    }

    it('tells at once what it saw first, and then stays while nothing changes, and tells what does', async () => {
      const heartbeatDetails = await calm()
      expect(heartbeatDetails.alarms).toMatchObject([{ state: 'OK' }, { state: 'OK' }])
      const { beats, ended } = await staying({ heartbeatDetails })
      await vi.waitFor(() => expect(beats.length).toBeGreaterThan(2), 20_000)
      await turnRed('all')
      expect(await ended).toMatchObject({ result: 'Fail' })
    })

    it('gives way to an attempt that knows the time, when nobody took it for long: that one reads the gap', async () => {
      const long = Date.now() - 10 * 60_000
      const heartbeatDetails = { ...(await calm()), looked: long }
      const histories = (): number => world.calls('DescribeAlarmHistory').length
      const before = histories()
      const late = await staying({ heartbeatDetails, currentAttemptScheduledTimestampMs: long })
      expect(await late.ended).toMatchObject({ type: 'NotYet' })
      expect(histories()).toBe(before)
      const next = await staying({ heartbeatDetails: late.beats[0] })
      await vi.waitFor(() => expect(histories()).toBeGreaterThan(before), 20_000)
      next.environment.cancel()
      await next.ended
    })
  })
})

describe('a bake', () => {
  const judging = async (more: Partial<JudgeBake> = {}): Promise<JudgeBake> => {
    const { value } = await drive(() => world.activities.snapshotEndpoint(on))
    const now = Date.now()
    return {
      ...on,
      alarms: [existing],
      variant: 'AllTraffic',
      since: now - 1_000,
      from: now - 1_000,
      to: now,
      pollEvery: 50,
      settle: 400,
      extendUntil: now + 400,
      minInvocations: 50,
      whenInsufficientData: 'wait',
      step: 7,
      expected: fingerprintOf(value.endpoint!),
      ...more,
    }
  }

  it('passes with enough traffic in its window and quiet alarms, and says what it measured', async () => {
    await start({ requestsPerSecond: 20 })
    const input = await judging()
    const { value, waits } = await drive(() => world.activities.judgeBake(input))
    expect(waits[0]).toMatch(/^NotYet: late metrics/)
    expect(value.verdict).toMatchObject({ result: 'Pass' })
    expect(value.measurements).toContainEqual(
      expect.objectContaining({ step: 7, name: 'invocations of the candidate', limit: 50, passed: true }),
    )
    const invocations = value.measurements.find((one) => one.name.startsWith('invocations'))?.value ?? 0
    // 10 sandbox minutes and what the window's first and last minute add.
    expect(invocations).toBeGreaterThanOrEqual(20 * 60 * 8)
    expect(invocations).toBeLessThanOrEqual(20 * 60 * 13)
  })

  it('without traffic is extended and then Inconclusive, never a Pass', async () => {
    await start()
    const input = await judging({ extendUntil: Date.now() + 900 })
    const { value, waits } = await drive(() => world.activities.judgeBake(input))
    expect(waits.at(-1)).toMatch(/the bake is extended until/)
    expect(value.verdict).toMatchObject({
      result: 'Inconclusive',
      cause: { kind: 'traffic', invocations: 0, minimum: 50 },
    })
  })

  it('fails on an alarm that is red at its end', async () => {
    await start({ requestsPerSecond: 20 })
    await turnRed('all')
    const input = await judging({ alarms: [{ kind: 'existing', name: 'all' }] })
    const { value } = await drive(() => world.activities.judgeBake(input))
    expect(value.verdict).toMatchObject({ result: 'Fail', cause: { kind: 'alarm', alarm: 'all' } })
  })

  it('fails on an alarm that was red during the bake and is green again', async () => {
    await start({ requestsPerSecond: 20 })
    const alarms: PlannedAlarm[] = [{ kind: 'existing', name: 'all' }]
    const before = await judging({ alarms })
    await turnRed('all')
    await turnGreen('all')
    const { value } = await drive(() => world.activities.judgeBake(before))
    expect(value.verdict).toMatchObject({ result: 'Fail', cause: { kind: 'alarm', alarm: 'all' } })
    expect(value.verdict.message).toContain('was in ALARM at')
    // A bake that begins after it is another matter.
    const next = await judging({ alarms, since: Date.now() })
    const { value: after } = await drive(() => world.activities.judgeBake(next))
    expect(after.verdict.result).toBe('Pass')
  })

  it('fails by the endpoint when somebody else changed it', async () => {
    await start({ requestsPerSecond: 20 })
    const input = await judging()
    await world.control('foreign-update', { account, region, endpoint: 'fraud', weights: { AllTraffic: 3 } })
    await world.rest()
    const { value } = await drive(() => world.activities.judgeBake(input))
    expect(value.verdict).toMatchObject({ result: 'Fail', cause: { kind: 'endpoint' } })
    expect(value.verdict.message).toContain('AllTraffic=3')
  })

  it('that cannot be looked at is Inconclusive', async () => {
    await start({ requestsPerSecond: 20 })
    const input = await judging()
    world.arm({ kind: 'internal-error', operation: 'GetMetricData', forMs: 60_000 })
    const { value } = await drive(() => world.activities.judgeBake(input))
    expect(value.verdict).toMatchObject({ result: 'Inconclusive', cause: { kind: 'could-not-look' } })
  })

  it('whose metrics come only in part is not judged on that part', async () => {
    await start({ requestsPerSecond: 20 })
    const input = await judging()
    world.arm({ kind: 'metrics-partial', times: 1 })
    const { value, waits } = await drive(() =>
      world.activities.judgeBake({ ...input, extendUntil: Date.now() + 2_000 }),
    )
    expect(waits.join()).toContain('could not be read')
    expect(value.verdict.result).toBe('Pass')
  })
})
