import { describe, expect, it } from 'vitest'
import { alarmLike, alarmOfOurs } from './alarm-requests.ts'

const names = { name: 'sluice-fraud-abc-5xx', stable: 'blue', variant: 'c-1' }
const dimensions = (variant: string) => [
  { Name: 'EndpointName', Value: 'blue' },
  { Name: 'VariantName', Value: variant },
]

describe('a copy of an alarm', () => {
  const original = {
    AlarmName: 'fraud-5xx',
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:333333333333:alarm:fraud-5xx',
    AlarmActions: ['arn:aws:sns:eu-west-1:333333333333:pager'],
    StateValue: 'OK',
    StateUpdatedTimestamp: new Date(0),
    Namespace: 'AWS/SageMaker',
    MetricName: 'Invocation5XXErrors',
    Dimensions: dimensions('blue'),
    Statistic: 'Average',
    Period: 60,
    EvaluationPeriods: 3,
    Threshold: 0.05,
    ComparisonOperator: 'GreaterThanThreshold',
  } as const

  it('looks at the candidate, rings the same bell, and carries nothing of the original’s state', () => {
    const { request, renamed } = alarmLike(
      { ...original, Dimensions: [...original.Dimensions], AlarmActions: [...original.AlarmActions] },
      names,
    )
    expect(request).toEqual({
      AlarmName: 'sluice-fraud-abc-5xx',
      AlarmDescription: 'Copy of fraud-5xx for variant c-1, for one rollout.',
      AlarmActions: ['arn:aws:sns:eu-west-1:333333333333:pager'],
      Namespace: 'AWS/SageMaker',
      MetricName: 'Invocation5XXErrors',
      Dimensions: dimensions('c-1'),
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 3,
      Threshold: 0.05,
      ComparisonOperator: 'GreaterThanThreshold',
    })
    expect(renamed).toBe(1)
  })

  it('follows the variant into metric math and Metrics Insights', () => {
    const { request, renamed } = alarmLike(
      {
        AlarmName: 'rate',
        Metrics: [
          { Id: 'rate', Expression: 'IF(inv>=10, err/inv, 0)' },
          {
            Id: 'err',
            MetricStat: { Metric: { Dimensions: dimensions('blue') }, Period: 60, Stat: 'Sum' },
          },
          { Id: 'q', Expression: `SELECT MAX(ModelLatency) FROM "AWS/SageMaker" WHERE VariantName = 'blue'` },
        ],
      },
      names,
    )
    expect(renamed).toBe(2)
    expect(request.Metrics?.[0]?.Expression).toBe('IF(inv>=10, err/inv, 0)')
    expect(request.Metrics?.[1]?.MetricStat?.Metric?.Dimensions).toEqual(dimensions('c-1'))
    expect(request.Metrics?.[2]?.Expression).toContain(`VariantName = 'c-1'`)
  })

  it('says which other variants it stays pinned to', () => {
    expect(alarmLike({ AlarmName: 'x', Dimensions: dimensions('spare') }, names)).toMatchObject({
      renamed: 0,
      pinned: ['spare'],
    })
  })
})

describe('an alarm of ours', () => {
  const alarm = {
    kind: 'metric',
    name: 'sluice-fraud-abc-latency',
    metric: 'ModelLatency',
    stat: 'p99',
    threshold: 300_000,
    period: 60,
    datapointsToAlarm: 3,
    evaluationPeriods: 5,
  } as const

  it('treats missing data as missing, and calls nobody', () => {
    expect(alarmOfOurs(alarm, { endpoint: 'fraud', variant: 'c-1' })).toMatchObject({
      Namespace: 'AWS/SageMaker',
      ExtendedStatistic: 'p99',
      Threshold: 300_000,
      TreatMissingData: 'missing',
      ActionsEnabled: false,
    })
  })

  it('looks for instance metrics in their own namespace', () => {
    const cpu = alarmOfOurs(
      { ...alarm, metric: 'CPUUtilization', stat: 'Average' },
      { endpoint: 'f', variant: 'c' },
    )
    expect(cpu).toMatchObject({ Namespace: '/aws/sagemaker/Endpoints', Statistic: 'Average' })
    expect(cpu).not.toHaveProperty('ExtendedStatistic')
  })
})
