import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type MetricDataQuery,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch'
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cloudWatchState } from './state.ts'
import { account, modelInput, region, startWorld, variant } from '../sagemaker/fixture.ts'

const RATE = 1200
const MINUTE = 60_000 / RATE
const dimensions = (VariantName: string) => [
  { Name: 'EndpointName', Value: 'fraud' },
  { Name: 'VariantName', Value: VariantName },
]
const errorsAlarm = (
  AlarmName: string,
  VariantName: string,
  more: Partial<PutMetricAlarmCommandInput> = {},
): PutMetricAlarmCommandInput => ({
  AlarmName,
  Namespace: 'AWS/SageMaker',
  MetricName: 'Invocation5XXErrors',
  Dimensions: dimensions(VariantName),
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 0.05,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
  ...more,
})
const stat = (
  Id: string,
  MetricName: string,
  VariantName: string,
  Stat: string,
  Period = 60,
): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: { Namespace: 'AWS/SageMaker', MetricName, Dimensions: dimensions(VariantName) },
    Period,
    Stat,
  },
})

let world: Awaited<ReturnType<typeof startWorld>>
beforeEach(async () => (world = await startWorld({ clockRate: RATE, requestsPerSecond: 40 })))
afterEach(() => world.sandbox.close())

const put = (input: PutMetricAlarmCommandInput) => world.cloudwatch.send(new PutMetricAlarmCommand(input))
const alarm = async (name: string) => {
  const found = await world.cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
  )
  return found.MetricAlarms?.[0] ?? found.CompositeAlarms?.[0]
}
const historyOf = (name: string) =>
  cloudWatchState(world.sandbox.world, account, region).alarms.get(name)!.history
const until = (name: string, state: string) =>
  vi.waitFor(async () => expect((await alarm(name))?.StateValue).toBe(state), {
    timeout: 20_000,
    interval: 20,
  })
const getData = (MetricDataQueries: MetricDataQuery[], minutes = 30, more = {}) =>
  world.cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries,
      StartTime: new Date(Date.now() - minutes * MINUTE),
      EndTime: new Date(),
      ...more,
    }),
  )
const deploy = async (environment: Record<string, string>, weight: number) => {
  await world.sagemaker.send(new CreateModelCommand(modelInput('next', 'two', environment)))
  const ProductionVariants = [variant('AllTraffic', 'one', 1, 2), variant('candidate', 'next', weight)]
  await world.sagemaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: 'both', ProductionVariants }),
  )
  await world.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'fraud', EndpointConfigName: 'both' }))
  await world.rest()
}

describe('an alarm', () => {
  test('on the candidate goes off because of what its traffic met, and stable’s does not', async () => {
    await put(errorsAlarm('candidate-errors', 'candidate', { Tags: [{ Key: 'owner', Value: 'risk' }] }))
    await put(errorsAlarm('stable-errors', 'AllTraffic'))
    expect(historyOf('candidate-errors')[0]).toMatchObject({
      value: 'INSUFFICIENT_DATA',
      reason: 'Unchecked: Initial alarm creation',
    })
    await until('stable-errors', 'OK')
    await deploy({ SANDBOX_ERROR_RATE: '0.5' }, 1)
    await until('candidate-errors', 'ALARM')
    const found = (await alarm('candidate-errors'))!
    expect(found.StateReason).toMatch(
      /^Threshold Crossed: [23] out of the last [23] datapoints \[0\.\d+ \(\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d\).*\] were greater than the threshold \(0\.05\) \(minimum 2 datapoints for (OK|INSUFFICIENT_DATA) -> ALARM transition\)\.$/,
    )
    const reason = JSON.parse(found.StateReasonData!) as {
      recentDatapoints: number[]
      threshold: number
      period: number
    }
    expect(reason).toMatchObject({ version: '1.0', statistic: 'Average', period: 60, threshold: 0.05 })
    expect(reason.recentDatapoints.filter((value) => value > 0.3).length).toBeGreaterThanOrEqual(2)
    expect((await alarm('stable-errors'))?.StateValue).toBe('OK')
    const { Tags } = await world.cloudwatch.send(
      new ListTagsForResourceCommand({ ResourceARN: found.AlarmArn }),
    )
    expect(Tags).toEqual([{ Key: 'owner', Value: 'risk' }])
  })

  test('can watch a percentile, and math with a minimum of traffic', async () => {
    await put(
      errorsAlarm('slow', 'AllTraffic', {
        MetricName: 'ModelLatency',
        Statistic: undefined,
        ExtendedStatistic: 'p99',
        Threshold: 1000,
      }),
    )
    await put({
      AlarmName: 'rate',
      EvaluationPeriods: 1,
      Threshold: 0.5,
      ComparisonOperator: 'GreaterThanThreshold',
      Metrics: [
        { ...stat('inv', 'Invocations', 'AllTraffic', 'Sum'), ReturnData: false },
        { ...stat('err', 'Invocation5XXErrors', 'AllTraffic', 'Sum'), ReturnData: false },
        { Id: 'rate', Expression: 'IF(inv >= 10, (inv - err) / inv, 0)', Label: 'rate' },
      ],
    })
    await until('slow', 'ALARM')
    await until('rate', 'ALARM')
    expect((await alarm('rate'))?.StateReasonData).not.toContain('statistic')
  })

  test('forced into a state is put right at its next evaluation; a composite keeps it until a child changes', async () => {
    await put(errorsAlarm('errors', 'AllTraffic'))
    await until('errors', 'OK')
    await world.cloudwatch.send(
      new PutCompositeAlarmCommand({ AlarmName: 'any', AlarmRule: 'ALARM("errors")' }),
    )
    expect((await alarm('any'))?.StateValue).toBe('OK')
    await world.cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'any', StateValue: 'ALARM', StateReason: 'abort' }),
    )
    await new Promise((resolve) => setTimeout(resolve, 3 * MINUTE))
    expect(await alarm('any')).toMatchObject({ StateValue: 'ALARM', StateReason: 'abort' })
    await world.cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'drill' }),
    )
    expect(historyOf('errors').map((one) => one.reason)).toContain('drill')
    await until('errors', 'OK')
    await until('any', 'OK')
    expect((await alarm('any'))?.StateReason).toMatch(
      /alarm:errors transitioned to OK at \w+day \d\d \w+, \d{4} \d\d:\d\d:\d\d UTC$/,
    )
  })

  test('has a history of its states, with reasons, page by page', async () => {
    const begun = new Date()
    await put(errorsAlarm('errors', 'AllTraffic', { AlarmName: 'errors' }))
    await world.cloudwatch.send(
      new PutCompositeAlarmCommand({ AlarmName: 'any', AlarmRule: 'ALARM("errors")' }),
    )
    for (const StateValue of ['ALARM', 'OK'] as const)
      await world.cloudwatch.send(
        new SetAlarmStateCommand({
          AlarmName: 'any',
          StateValue,
          StateReason: `drill ${StateValue}`,
          StateReasonData: '{"threshold":1}',
        }),
      )
    const ask = async (more: object) =>
      world.cloudwatch.send(
        new DescribeAlarmHistoryCommand({
          AlarmName: 'any',
          AlarmTypes: ['CompositeAlarm'],
          HistoryItemType: 'StateUpdate',
          ScanBy: 'TimestampAscending',
          ...more,
        }),
      )
    const { AlarmHistoryItems: items = [] } = await ask({ StartDate: begun })
    expect(items.slice(-2).map((item) => item.HistorySummary)).toEqual([
      'Alarm updated from OK to ALARM',
      'Alarm updated from ALARM to OK',
    ])
    expect(JSON.parse(items.at(-2)?.HistoryData ?? '')).toMatchObject({
      oldState: { stateValue: 'OK' },
      newState: { stateValue: 'ALARM', stateReason: 'drill ALARM', stateReasonData: { threshold: 1 } },
    })
    const first = await ask({ MaxRecords: 1, ScanBy: undefined })
    expect(first.AlarmHistoryItems).toEqual(items.slice(-1))
    const second = await ask({ MaxRecords: 1, ScanBy: undefined, NextToken: first.NextToken })
    expect(second.AlarmHistoryItems).toEqual(items.slice(-2, -1))
    expect((await ask({ StartDate: new Date(Date.now() + 60_000) })).AlarmHistoryItems).toEqual([])
    // As with DescribeAlarms: composite alarms only when asked for.
    expect((await ask({ AlarmTypes: undefined })).AlarmHistoryItems).toEqual([])
  })

  test('is not found among metric alarms when it is composite, and unknown names are silently absent', async () => {
    await put(errorsAlarm('errors', 'AllTraffic'))
    await world.cloudwatch.send(
      new PutCompositeAlarmCommand({ AlarmName: 'any', AlarmRule: 'ALARM(errors)' }),
    )
    const found = await world.cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: ['any', 'errors', 'nobody'] }),
    )
    expect(found.MetricAlarms?.map((one) => one.AlarmName)).toEqual(['errors'])
    expect(found.CompositeAlarms ?? []).toEqual([])
    const parents = await world.cloudwatch.send(
      new DescribeAlarmsCommand({ ParentsOfAlarmName: 'errors', AlarmTypes: ['CompositeAlarm'] }),
    )
    expect(parents.CompositeAlarms?.map((one) => one.AlarmName)).toEqual(['any'])
  })

  test('is deleted with the others of a call or not at all', async () => {
    await put(errorsAlarm('errors', 'AllTraffic'))
    await expect(
      world.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['errors', 'nobody'] })),
    ).rejects.toMatchObject({ name: 'ResourceNotFound' })
    expect(await alarm('errors')).toBeDefined()
    await world.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['errors'] }))
    expect(await alarm('errors')).toBeUndefined()
  })

  test.each([
    [{ DatapointsToAlarm: 4 }, 'DatapointsToAlarm'],
    [{ ExtendedStatistic: 'p99' }, 'Statistic'],
    [{ Period: 45 }, 'Period'],
    [{ TreatMissingData: 'maybe' }, 'TreatMissingData'],
    [{ MetricName: undefined }, 'Metrics'],
    [{ Period: 3600, EvaluationPeriods: 200 }, 'day'],
  ])('with %j is refused', async (change, message) => {
    await expect(put(errorsAlarm('wrong', 'AllTraffic', change))).rejects.toThrow(message)
  })

  test('rule that names an alarm that does not exist is refused', async () => {
    await expect(
      world.cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'any', AlarmRule: 'ALARM(nobody)' })),
    ).rejects.toThrow('[nobody]')
  })
})

describe('metrics', () => {
  test('hold the traffic of the last week for an endpoint that was seeded with it', async () => {
    const { MetricDataResults } = await getData(
      [stat('m', 'Invocations', 'AllTraffic', 'Sum', 3600)],
      7 * 24 * 60,
    )
    const values = MetricDataResults![0]!.Values!
    expect(values.length).toBeGreaterThanOrEqual(7 * 24 - 1)
    const hour = values[values.length - 2]!
    expect(hour / (40 * 3600)).toBeGreaterThan(0.95)
    expect(hour / (40 * 3600)).toBeLessThan(1.05)
  })

  test('come newest first, by real time, and not before they are published', async () => {
    const { MetricDataResults } = await getData([stat('m', 'Invocations', 'AllTraffic', 'Sum')], 10)
    const { Timestamps, Values, StatusCode } = MetricDataResults![0]!
    expect(StatusCode).toBe('Complete')
    expect(Timestamps!.length).toBeGreaterThanOrEqual(7)
    expect(Timestamps![0]!.getTime()).toBeLessThanOrEqual(Date.now() - 2 * MINUTE + 1)
    expect(Timestamps![0]!.getTime() - Timestamps![1]!.getTime()).toBeCloseTo(MINUTE, 0)
    for (const value of Values!) expect(value / 2400).toBeGreaterThan(0.8)
  })

  test('are paged, and a query that was cut says so', async () => {
    const queries = [
      stat('a', 'Invocations', 'AllTraffic', 'Sum'),
      stat('b', 'Invocation4XXErrors', 'AllTraffic', 'Sum'),
    ]
    const range = {
      StartTime: new Date(Date.now() - 30 * MINUTE),
      EndTime: new Date(Date.now() - 10 * MINUTE),
    }
    const whole = await getData(queries, 0, range)
    const seen: number[] = []
    let NextToken: string | undefined
    let pages = 0
    do {
      const page = await getData(queries, 0, { ...range, MaxDatapoints: 14, NextToken })
      seen.push(...page.MetricDataResults![0]!.Values!)
      NextToken = page.NextToken
      expect(page.MetricDataResults![0]!.StatusCode).toBe(NextToken ? 'PartialData' : 'Complete')
      pages++
    } while (NextToken)
    expect(pages).toBeGreaterThan(2)
    expect(seen).toEqual(whole.MetricDataResults![0]!.Values)
  })

  test('of a variant without traffic have no datapoints, its instances have', async () => {
    await deploy({}, 0)
    await new Promise((resolve) => setTimeout(resolve, 4 * MINUTE))
    const cpu: MetricDataQuery = {
      Id: 'cpu',
      MetricStat: {
        Metric: {
          Namespace: '/aws/sagemaker/Endpoints',
          MetricName: 'CPUUtilization',
          Dimensions: dimensions('candidate'),
        },
        Period: 60,
        Stat: 'Average',
      },
    }
    const { MetricDataResults } = await getData([stat('inv', 'Invocations', 'candidate', 'Sum'), cpu])
    expect(MetricDataResults![0]!.Values).toEqual([])
    expect(MetricDataResults![1]!.Values!.length).toBeGreaterThan(0)
  })

  test('can be made missing by a fault', async () => {
    world.sandbox.world.faults.arm({ kind: 'metrics-missing', name: 'fraud', forMs: 60_000 })
    const { MetricDataResults } = await getData([stat('m', 'Invocations', 'AllTraffic', 'Sum')])
    expect(MetricDataResults![0]).toMatchObject({ Values: [], StatusCode: 'Complete' })
  })

  test('can be a team’s own', async () => {
    const at = new Date(Date.now() - 10 * MINUTE)
    await world.cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: 'risk',
        MetricData: [
          { MetricName: 'drift', Value: 3, Timestamp: at },
          { MetricName: 'drift', Values: [5, 7], Counts: [1, 2], Timestamp: at },
        ],
      }),
    )
    const { Datapoints } = await world.cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'risk',
        MetricName: 'drift',
        StartTime: new Date(at.getTime() - MINUTE),
        EndTime: new Date(),
        Period: 60,
        Statistics: ['Sum', 'Maximum', 'SampleCount'],
      }),
    )
    expect(Datapoints).toMatchObject([{ Sum: 22, Maximum: 7, SampleCount: 4 }])
    const { Metrics } = await world.cloudwatch.send(new ListMetricsCommand({ Namespace: 'risk' }))
    expect(Metrics).toEqual([{ Namespace: 'risk', MetricName: 'drift', Dimensions: [] }])
    await expect(
      world.cloudwatch.send(new PutMetricDataCommand({ Namespace: 'AWS/SageMaker', MetricData: [] })),
    ).rejects.toThrow('AWS/')
  })

  test('of an endpoint are listed by their dimensions', async () => {
    const { Metrics } = await world.cloudwatch.send(
      new ListMetricsCommand({
        MetricName: 'ModelLatency',
        Dimensions: [{ Name: 'EndpointName', Value: 'fraud' }],
      }),
    )
    expect(Metrics?.[0]?.Dimensions).toEqual(dimensions('AllTraffic'))
  })

  test.each([
    ['an unknown id', [{ Id: 'e', Expression: 'nobody * 2' }], 'nobody'],
    [
      'ids that repeat',
      [stat('a', 'Invocations', 'v', 'Sum'), stat('a', 'Invocations', 'v', 'Sum')],
      'unique',
    ],
    ['a statistic that is none', [stat('a', 'Invocations', 'v', 'Median')], 'Median'],
    [
      'an expression that needs itself',
      [
        { Id: 'a', Expression: 'b' },
        { Id: 'b', Expression: 'a' },
      ],
      'itself',
    ],
  ] as const)('asked with %s are refused', async (_what, queries, message) => {
    await expect(getData([...queries])).rejects.toThrow(message)
  })
})

test('an alarm that changes tells EventBridge', async () => {
  await put(errorsAlarm('errors', 'AllTraffic'))
  await until('errors', 'OK')
  const event = world.sandbox.world.events
    .list()
    .find((one) => one['detail-type'] === 'CloudWatch Alarm State Change')
  expect(event).toMatchObject({
    account,
    region,
    source: 'aws.cloudwatch',
    detail: { alarmName: 'errors', state: { value: 'OK' } },
  })
})
