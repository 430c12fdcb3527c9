import { expect, test } from 'vitest'
import type { PlannedAlarm } from '../plan/types.ts'
import type { AlarmReading } from './alarm-evidence.ts'
import { seeAlarms } from './alarms-seen.ts'

const planned: readonly PlannedAlarm[] = [
  { kind: 'existing', name: 'fraud-composite' },
  { kind: 'existing', name: 'fraud-noisy', ignored: true },
  { kind: 'like', name: 'sluice-fraud-5xx', like: 'fraud-5xx' },
  {
    kind: 'metric',
    name: 'sluice-fraud-latency',
    metric: 'ModelLatency',
    stat: 'p99',
    threshold: 300_000,
    period: 60,
    datapointsToAlarm: 3,
    evaluationPeriods: 5,
  },
  { kind: 'existing', name: 'fraud-business' },
]
const reading = (name: string, more: Partial<AlarmReading> = {}): AlarmReading => ({
  name,
  state: 'OK',
  ...more,
})

test('says of each alarm that decides whose it is, and what is red or gone first', () => {
  const seen = seeAlarms(planned, [
    reading('fraud-composite'),
    reading('fraud-noisy', { state: 'ALARM' }),
    reading('sluice-fraud-5xx', { state: 'INSUFFICIENT_DATA' }),
    reading('sluice-fraud-latency', { state: 'ALARM' }),
  ])
  expect(seen.map(({ name, state, owner, copyOf }) => [name, state, owner, copyOf])).toEqual([
    ['sluice-fraud-latency', 'ALARM', 'rollout', undefined],
    ['fraud-business', 'NotFound', 'team', undefined],
    ['sluice-fraud-5xx', 'INSUFFICIENT_DATA', 'rollout', 'fraud-5xx'],
    ['fraud-composite', 'OK', 'team', undefined],
  ])
})

test('gives the last value against the threshold; of a red alarm the one that breached', () => {
  const measured = (state: AlarmReading['state']) =>
    seeAlarms(planned.slice(3, 4), [
      reading('sluice-fraud-latency', {
        state,
        metric: 'ModelLatency',
        comparison: 'GreaterThanThreshold',
        threshold: 300_000,
        since: '2026-11-21T10:00:00.000Z',
        reasonData: JSON.stringify({ recentDatapoints: [310_000, 120_000], threshold: 300_000 }),
      }),
    ])[0]
  expect(measured('OK')).toEqual({
    name: 'sluice-fraud-latency',
    owner: 'rollout',
    state: 'OK',
    metric: 'ModelLatency',
    value: 120_000,
    threshold: 300_000,
    comparison: '>',
    unit: 'microseconds',
    since: '2026-11-21T10:00:00.000Z',
  })
  expect(measured('ALARM')?.value).toBe(310_000)
})
