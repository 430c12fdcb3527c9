import { describe, expect, test } from 'vitest'
import { statistic } from '../cloudwatch/samples.ts'
import { readBehaviour } from './behaviour.ts'
import { simulateMinute, type RoutedVariant, type TrafficPlan } from './traffic.ts'

const variant = (
  name: string,
  weight: number,
  environment: Record<string, string> = {},
  instances = 1,
): RoutedVariant => ({
  name,
  weight,
  instances,
  behaviour: readBehaviour(environment),
  startedAt: 0,
})
const plan = (requestsPerSecond: number, ...variants: RoutedVariant[]): TrafficPlan => ({
  seed: 7,
  segments: [{ from: 0, requestsPerSecond, badRequestRate: 0, variants }],
})

describe('simulated traffic', () => {
  test('is the same again for the same plan, with and without latencies', () => {
    const one = plan(30, variant('a', 9), variant('b', 1))
    expect(simulateMinute(one, 4)).toEqual(simulateMinute(one, 4))
    const counts = (latency: boolean) =>
      [...simulateMinute(one, 4, { latency }).values()].map((found) => found.invocations)
    expect(counts(false)).toEqual(counts(true))
  })

  test('goes to variants by weight, and to none of weight 0', () => {
    const minutes = simulateMinute(
      plan(200, variant('stable', 90), variant('candidate', 10), variant('waiting', 0)),
      0,
    )
    const share =
      minutes.get('candidate')!.invocations /
      (minutes.get('stable')!.invocations + minutes.get('candidate')!.invocations)
    expect(share).toBeGreaterThan(0.09)
    expect(share).toBeLessThan(0.11)
    expect(minutes.get('waiting')!.invocations).toBe(0)
  })

  test('fails at the error rate of the container', () => {
    const found = simulateMinute(plan(500, variant('a', 1, { SANDBOX_ERROR_RATE: '0.2' })), 0).get('a')!
    expect(found.serverErrors / found.invocations).toBeCloseTo(0.2, 1)
  })

  test('has the median and the 99th percentile of the container, in microseconds', () => {
    const found = simulateMinute(
      plan(500, variant('a', 1, { SANDBOX_LATENCY_MS: '40', SANDBOX_LATENCY_P99_MS: '400' })),
      0,
    ).get('a')!
    expect(found.modelLatency.count).toBe(found.invocations)
    expect(statistic(found.modelLatency, 'p50') / 40_000).toBeCloseTo(1, 1)
    expect(statistic(found.modelLatency, 'p99') / 400_000).toBeGreaterThan(0.8)
    expect(statistic(found.modelLatency, 'p99') / 400_000).toBeLessThan(1.3)
  })

  test('meets a container that degrades', () => {
    const degrading = plan(
      50,
      variant('a', 1, { SANDBOX_DEGRADE_AFTER: '2m', SANDBOX_DEGRADED_ERROR_RATE: '1' }),
    )
    expect(simulateMinute(degrading, 1).get('a')!.serverErrors).toBe(0)
    const after = simulateMinute(degrading, 2).get('a')!
    expect(after.serverErrors).toBe(after.invocations)
  })

  test('fails above the capacity of the instances, and less with more of them', () => {
    const tight = (instances: number) =>
      simulateMinute(plan(100, variant('a', 1, { SANDBOX_CAPACITY_RPS: '30' }, instances)), 0).get('a')!
    expect(tight(1).serverErrors).toBeGreaterThan(tight(2).serverErrors)
    expect(tight(6).serverErrors).toBe(0)
  })

  test('follows the segments of the plan', () => {
    const shifted: TrafficPlan = {
      seed: 1,
      segments: [
        { from: 60_000, requestsPerSecond: 10, badRequestRate: 0, variants: [variant('a', 1)] },
        { from: 120_000, requestsPerSecond: 10, badRequestRate: 1, variants: [variant('b', 1)] },
      ],
    }
    expect(simulateMinute(shifted, 0).size).toBe(0)
    expect([...simulateMinute(shifted, 1).keys()]).toEqual(['a'])
    const last = simulateMinute(shifted, 2).get('b')!
    expect(last.clientErrors).toBe(last.invocations)
  })

  test('costs no more with many requests than with few', () => {
    const found = simulateMinute(plan(50_000, variant('a', 1)), 0).get('a')!
    expect(found.invocations).toBeGreaterThan(2_900_000)
    expect(found.modelLatency.histogram.size).toBeLessThan(400)
  })
})
