import { describe, expect, it } from 'vitest'
import type { EndpointFacts } from '../../rollout/facts.ts'
import { sameWeights } from '../../rollout/deploy/fingerprint.ts'
import { changeSince, isMoving } from './standing.ts'

const endpoint: EndpointFacts = {
  name: 'fraud',
  arn: 'arn:aws:sagemaker:eu-west-1:333333333333:endpoint/fraud',
  status: 'InService',
  createdAt: '2026-01-01T00:00:00.000Z',
  configName: 'fraud-v37',
  tags: {},
  features: [],
  variants: [
    { name: 'blue', currentWeight: 1, desiredWeight: 1, currentCount: 2, desiredCount: 2, images: [] },
  ],
}
const expected = { createdAt: endpoint.createdAt, config: 'fraud-v37', weights: { blue: 1 } }

describe('changeSince', () => {
  it.each([
    ['another config', { configName: 'theirs' }, /on config theirs, and Sluice left it on fraud-v37/],
    ['a new endpoint of the same name', { createdAt: '2026-02-02T00:00:00.000Z' }, /created again/],
    [
      'other weights',
      { variants: [{ ...endpoint.variants[0]!, desiredWeight: 2 }] },
      /weights blue=2, and Sluice left blue=1/,
    ],
    [
      'another variant',
      { variants: [...endpoint.variants, { ...endpoint.variants[0]!, name: 'theirs' }] },
      /theirs=1/,
    ],
  ])('names %s', (_title, change, words) => {
    expect(changeSince(expected, { ...endpoint, ...change })).toMatch(words)
  })

  it('leaves instance counts to autoscaling', () => {
    const scaled = { ...endpoint.variants[0]!, desiredCount: 9, currentCount: 3 }
    expect(changeSince(expected, { ...endpoint, variants: [scaled] })).toBeNull()
  })
})

it('weights that went through 32 bits are the same weights', () => {
  expect(sameWeights({ a: 0.7, b: 0 }, { a: Math.fround(0.7), b: 0 })).toBe(true)
  expect(sameWeights({ a: 0.7 }, { a: 0.7, b: 0 })).toBe(false)
})

it('maintenance is a wait; a failed rollback is not', () => {
  expect(isMoving({ status: 'SystemUpdating' })).toBe(true)
  expect(isMoving({ status: 'UpdateRollbackFailed' })).toBe(false)
})
