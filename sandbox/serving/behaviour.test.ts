import { describe, expect, test } from 'vitest'
import { behaviourAt, BehaviourError, inSeries, readBehaviour } from './behaviour.ts'

describe('a container', () => {
  test('is healthy and quick unless its environment says otherwise', () => {
    expect(readBehaviour({ OTHER: 'x' })).toMatchObject({ errorRate: 0, latencyMs: 8, neverHealthy: false })
  })

  test('degrades after the time its environment names, and not before', () => {
    const behaviour = readBehaviour({
      SANDBOX_DEGRADE_AFTER: '10m',
      SANDBOX_DEGRADED_ERROR_RATE: '0.4',
      SANDBOX_DEGRADED_LATENCY_MS: '900',
    })
    expect(behaviourAt(behaviour, 599_999)).toMatchObject({ errorRate: 0, latencyMs: 8 })
    expect(behaviourAt(behaviour, 600_000)).toMatchObject({ errorRate: 0.4, latencyMs: 900 })
  })

  test.each([
    [{ SANDBOX_ERROR_RATE: '2' }, 'SANDBOX_ERROR_RATE'],
    [{ SANDBOX_LATENCY_MS: 'fast' }, 'SANDBOX_LATENCY_MS'],
    [{ SANDBOX_DEGRADE_AFTER: '10' }, 'SANDBOX_DEGRADE_AFTER'],
    [{ SANDBOX_EROR_RATE: '0.1' }, 'SANDBOX_EROR_RATE'],
  ] as const)('with %o is refused by name', (environment, name) => {
    expect(() => readBehaviour(environment as Record<string, string>)).toThrow(BehaviourError)
    expect(() => readBehaviour(environment as Record<string, string>)).toThrow(name)
  })

  test('in a pipeline adds its latency and its chance to fail', () => {
    const pipeline = inSeries([
      readBehaviour({ SANDBOX_ERROR_RATE: '0.5', SANDBOX_LATENCY_MS: '10' }),
      readBehaviour({ SANDBOX_ERROR_RATE: '0.5', SANDBOX_LATENCY_MS: '5' }),
    ])
    expect(pipeline).toMatchObject({ errorRate: 0.75, latencyMs: 15 })
  })
})
