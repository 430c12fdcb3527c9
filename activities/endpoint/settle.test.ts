import { describe, expect, it } from 'vitest'
import type { EndpointFacts, VariantFacts } from '../../rollout/facts.ts'
import { settle } from './settle.ts'

const variant = (name: string, weight: number, change: Partial<VariantFacts> = {}): VariantFacts => ({
  name,
  currentWeight: weight,
  desiredWeight: weight,
  currentCount: 2,
  desiredCount: 2,
  images: [],
  ...change,
})
const endpoint = (change: Partial<EndpointFacts> = {}): EndpointFacts => ({
  name: 'fraud',
  arn: 'arn:aws:sagemaker:eu-west-1:333333333333:endpoint/fraud',
  status: 'InService',
  createdAt: '2026-01-01T00:00:00.000Z',
  configName: 'new',
  tags: {},
  features: [],
  variants: [variant('blue', 90), variant('c-1', 10)],
  ...change,
})
const weights = { blue: 90, 'c-1': 10 }
const expectation = { expect: { config: 'new', weights }, previous: 'old', rolledBack: false }
const outcome = (found: EndpointFacts | null, change: Partial<typeof expectation> & object = {}) => {
  const standing = settle(found, { ...expectation, ...change })
  return standing.kind === 'moving'
    ? standing.waitingFor
    : `${standing.settled.state}: ${standing.settled.reason}`
}

describe('an endpoint that is InService', () => {
  it('on the config from before was rolled back, with and without a reason', () => {
    expect(outcome(endpoint({ configName: 'old' }))).toBe('rolled-back: ')
    expect(outcome(endpoint({ configName: 'old', failureReason: 'no ping' }))).toBe('rolled-back: no ping')
  })

  it('on a third config is a conflict', () => {
    expect(outcome(endpoint({ configName: 'theirs' }))).toMatch(/^conflict: .*theirs/)
  })

  it('with an update that is still pending is waited for', () => {
    expect(outcome(endpoint({ pendingConfigName: 'new', configName: 'old' }))).toMatch(/on its way/)
  })

  it('is not as expected before the weights are live', () => {
    const shifting = [variant('blue', 90), variant('c-1', 10, { currentWeight: 0 })]
    expect(outcome(endpoint({ variants: shifting }))).toBe('c-1 has a weight of 0 on its way to 10')
  })

  it('with other desired weights is a conflict, or was rolled back if it was seen rolling back', () => {
    const other = endpoint({ variants: [variant('blue', 100), variant('c-1', 0)] })
    expect(outcome(other)).toMatch(/^conflict: .*weight of blue is 100, not 90/)
    expect(outcome(other, { rolledBack: true })).toBe('rolled-back: ')
  })

  it('with a variant that nobody expected is a conflict', () => {
    const variants = [variant('blue', 90), variant('c-1', 10), variant('theirs', 0)]
    expect(outcome(endpoint({ variants }))).toMatch(/conflict: .*variant theirs/)
  })

  it('waits for instances only where counts were asked for', () => {
    const growing = endpoint({ variants: [variant('blue', 90), variant('c-1', 10, { desiredCount: 4 })] })
    expect(outcome(growing)).toBe('as-expected: ')
    const counts = { expect: { config: 'new', weights, counts: { 'c-1': 4 } } }
    expect(outcome(growing, counts)).toBe('c-1 has 2 of 4 instances')
  })

  it('of another creation is a conflict', () => {
    const created = { expect: { config: 'new', weights, createdAt: '2025-01-01T00:00:00.000Z' } }
    expect(outcome(endpoint(), created)).toMatch(/^conflict: .*created again/)
  })
})

it.each([
  ['SystemUpdating', /maintenance/],
  ['RollingBack', /is RollingBack/],
  ['Failed', /^failed: /],
  ['OutOfService', /^failed: the endpoint is OutOfService/],
  ['UpdateRollbackFailed', /^rollback-failed/],
])('%s', (status, words) => {
  expect(outcome(endpoint({ status }))).toMatch(words)
})

it('says that an endpoint is gone only as a surprise, which a second look must confirm', () => {
  expect(settle(null, expectation)).toMatchObject({ kind: 'surprise', settled: { state: 'gone' } })
})
