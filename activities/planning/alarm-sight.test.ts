import { describe, expect, it } from 'vitest'
import { alarmsInRule } from './alarm-rule.ts'
import { sightOfMetric, toAlarmFacts } from './alarm-sight.ts'

const stat = (dimensions: Record<string, string>, Period = 60) => ({
  MetricStat: {
    Stat: 'Sum',
    Period,
    Metric: {
      Namespace: 'AWS/SageMaker',
      MetricName: 'Invocations',
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
  },
})

describe('what an alarm looks at', () => {
  it('is every metric of its math, and the longest period of them times the evaluation periods', () => {
    const alarm = {
      EvaluationPeriods: 3,
      Metrics: [
        { Id: 'e', Expression: 'errors / invocations' },
        { Id: 'errors', ...stat({ EndpointName: 'fraud', VariantName: 'blue' }) },
        { Id: 'invocations', ...stat({ EndpointName: 'fraud', VariantName: 'green' }, 300) },
      ],
    }
    expect(sightOfMetric(alarm, 'fraud')).toEqual({
      variants: ['blue', 'green'],
      seesEveryVariant: false,
      window: 900_000,
    })
  })

  it.each([
    ['a metric without a variant', { Metrics: [{ Id: 'm', ...stat({ EndpointName: 'fraud' }) }] }, true],
    ['a metric of another endpoint', { Metrics: [{ Id: 'm', ...stat({ EndpointName: 'churn' }) }] }, false],
    [
      'a search over all variants',
      {
        Metrics: [
          {
            Id: 'm',
            Expression: `SEARCH('{AWS/SageMaker,EndpointName,VariantName} EndpointName="fraud"', 'Sum')`,
          },
        ],
      },
      true,
    ],
    [
      'a search for one variant',
      {
        Metrics: [
          {
            Id: 'm',
            Expression: `SEARCH('{AWS/SageMaker,EndpointName,VariantName} VariantName="blue"', 'Sum')`,
          },
        ],
      },
      false,
    ],
    ['a metric of the business', { MetricName: 'ChargebackRate', Dimensions: [] }, true],
  ])('with %s is every variant: %#', (_what, alarm, every) => {
    expect(sightOfMetric(alarm, 'fraud').seesEveryVariant).toBe(every)
  })

  it('is not endless when composites look at each other', () => {
    const known = new Map([
      ['a', { AlarmName: 'a', AlarmRule: 'ALARM(b)' }],
      ['b', { AlarmName: 'b', AlarmRule: 'ALARM(a)' }],
    ])
    expect(toAlarmFacts('a', known, 'fraud')).toMatchObject({ variants: [], seesEveryVariant: false })
  })
})

describe("a composite alarm's rule", () => {
  it('names alarms with quotes, without, and by ARN', () => {
    expect(
      alarmsInRule(
        `(ALARM("cpu (high)") OR OK(plain-name)) AND NOT INSUFFICIENT_DATA('other') AND ALARM(arn:aws:cloudwatch:eu-west-1:333333333333:alarm:by arn) AND TRUE`,
      ),
    ).toEqual(['cpu (high)', 'plain-name', 'other', 'by arn'])
  })
})
