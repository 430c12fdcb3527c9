import { describe, expect, it } from 'vitest'
import { describeAlarm } from './alarm-evidence.ts'

const alarm = { name: 'fraud-5xx', state: 'ALARM' } as const

describe('describeAlarm', () => {
  it.each([
    '',
    'not json',
    '[]',
    'null',
    '{"recentDatapoints":"x"}',
    '{"recentDatapoints":[null],"threshold":1}',
  ])('falls back to the words of CloudWatch when the data is %j', (reasonData) => {
    const evidence = describeAlarm({ ...alarm, reason: 'Threshold Crossed', reasonData })
    expect(evidence.text).toBe('alarm fraud-5xx is in ALARM: Threshold Crossed')
    expect(evidence.cause).not.toHaveProperty('value')
  })

  it('says value, threshold and datapoints', () => {
    const evidence = describeAlarm({
      ...alarm,
      metric: 'Invocation5XXErrors',
      comparison: 'GreaterThanThreshold',
      since: '2026-03-01T12:00:00.000Z',
      reasonData: JSON.stringify({ version: '1.0', recentDatapoints: [0.31, 0.2, 0.01], threshold: 0.05 }),
    })
    expect(evidence.text).toBe(
      'alarm fraud-5xx is in ALARM: Invocation5XXErrors 0.2 > 0.05 (2 of 3 datapoints)',
    )
    expect(evidence.cause).toEqual({
      kind: 'alarm',
      alarm: 'fraud-5xx',
      metric: 'Invocation5XXErrors',
      value: 0.2,
      threshold: 0.05,
      comparison: '>',
      since: '2026-03-01T12:00:00.000Z',
    })
  })

  it('keeps what was evaluated, oldest first, and leaves out periods without a value', () => {
    const { cause } = describeAlarm({
      ...alarm,
      metric: 'ModelLatency',
      reasonData: JSON.stringify({
        recentDatapoints: [200_000, 412_000],
        threshold: 300_000,
        evaluatedDatapoints: [
          { timestamp: '2026-03-01T12:02:00.000+0000', value: 412_000 },
          { timestamp: '2026-03-01T12:01:00.000+0000' },
          { timestamp: '2026-03-01T12:00:00.000+0000', sampleCount: 10, value: 200_000 },
          { timestamp: 'yesterday', value: 1 },
          null,
        ],
      }),
    })
    expect(cause).toMatchObject({
      unit: 'microseconds',
      datapoints: [
        { at: '2026-03-01T12:00:00.000Z', value: 200_000 },
        { at: '2026-03-01T12:02:00.000Z', value: 412_000 },
      ],
    })
  })

  it('shows latencies in milliseconds, though CloudWatch counts microseconds', () => {
    const { text } = describeAlarm({
      ...alarm,
      metric: 'ModelLatency',
      comparison: 'GreaterThanOrEqualToThreshold',
      reasonData: JSON.stringify({ recentDatapoints: [412_000], threshold: 300_000 }),
    })
    expect(text).toContain('ModelLatency 412 ms ≥ 300 ms (1 of 1 datapoints)')
  })

  it('names the children that set a composite alarm off', () => {
    const { text } = describeAlarm({
      ...alarm,
      reasonData: JSON.stringify({
        triggeringAlarms: [{ arn: 'arn:aws:cloudwatch:eu-west-1:333333333333:alarm:fraud-p99' }, null, {}],
      }),
    })
    expect(text).toBe('alarm fraud-5xx is in ALARM: because of fraud-p99')
  })
})
