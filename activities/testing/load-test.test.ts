import { describe, expect, it } from 'vitest'
import type { LoadTest } from '../../rollout/document/types.ts'
import { judgeLoad } from './load-test.ts'

const test: LoadTest = {
  requestsPerSecond: 20,
  duration: 60_000,
  contentType: 'text/csv',
  body: '1,2',
  p99: 200,
  maxErrorRate: 0,
}
const input = {
  step: 4,
  target: {
    key: '222222222222/eu-west-1/fraud-staging',
    account: 'staging',
    accountId: '222222222222',
    region: 'eu-west-1',
    endpoint: 'fraud-staging',
  },
  test: { name: 'latency', kind: 'load', load: test } as const,
}
const latencies = (count: number, value = 10) => Array.from({ length: count }, () => value)

describe('a load', () => {
  it('passes with its percentiles labelled as the client’s', () => {
    const result = judgeLoad(input, test, 1200, { latencies: latencies(1200), failed: 0 })
    expect(result).toMatchObject({ passed: true, message: '1200 requests, 0 failed' })
    expect(result.measurements).toContainEqual({
      step: 4,
      target: '222222222222/eu-west-1/fraud-staging',
      name: 'latency: p99 latency (client)',
      value: 10,
      unit: 'ms',
      limit: 200,
      passed: true,
      samples: 1200,
    })
  })

  it('is refused when a percentile that it asks for has fewer than 10 samples in its tail', () => {
    const result = judgeLoad(input, test, 999, { latencies: latencies(999), failed: 0 })
    expect(result.passed).toBe(false)
    expect(result.message).toBe(
      'p99 needs 1000 successful requests, and there were 999; raise requestsPerSecond or duration',
    )
  })

  it('fails on errors and on latency at once', () => {
    const result = judgeLoad(input, { ...test, maxErrorRate: 0.01 }, 1200, {
      latencies: latencies(1100, 500),
      failed: 100,
      error: 'status 500: boom',
    })
    expect(result.message).toMatch(/100 of 1200 requests failed.*boom.*; p99 latency \(client\) is 500 ms/)
  })
})
