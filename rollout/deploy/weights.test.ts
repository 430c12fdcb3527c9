import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EndpointFacts } from '../facts.ts'
import { actualPercent, weightsFor } from './weights.ts'

const share = (weights: Readonly<Record<string, number>>, name: string) =>
  (weights[name] ?? 0) / Object.values(weights).reduce((sum, weight) => sum + weight, 0)

describe('weightsFor', () => {
  it('splits one stable variant and the candidate into whole percents', () => {
    expect(weightsFor(10, [{ name: 'blue', desiredWeight: 1 }], 'c-1')).toEqual({ blue: 90, 'c-1': 10 })
    expect(weightsFor(100, [{ name: 'blue', desiredWeight: 0.5 }], 'c-1')).toEqual({ blue: 0, 'c-1': 100 })
  })

  it('goes back to exactly the old weights at 0', () => {
    expect(weightsFor(0, [{ name: 'blue', desiredWeight: 0.7 }], 'c-1')).toEqual({ blue: 0.7, 'c-1': 0 })
  })

  it('keeps idle variants idle', () => {
    const before = [
      { name: 'blue', desiredWeight: 1 },
      { name: 'old', desiredWeight: 0 },
    ]
    expect(weightsFor(25, before, 'c-1')).toEqual({ blue: 75, old: 0, 'c-1': 25 })
  })

  it('never answers weights that add up to 0, even where nothing was live', () => {
    expect(share(weightsFor(0, [{ name: 'blue', desiredWeight: 0 }], 'c-1'), 'blue')).toBe(1)
    expect(share(weightsFor(10, [{ name: 'blue', desiredWeight: 0 }], 'c-1'), 'c-1')).toBeCloseTo(0.1)
  })

  it('gives the candidate exactly what was asked, and the others their old proportions', () => {
    const weight = fc.double({ min: 0.001, max: 1000, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), weight, weight, (percent, a, b) => {
        const weights = weightsFor(
          percent,
          [
            { name: 'a', desiredWeight: a },
            { name: 'b', desiredWeight: b },
          ],
          'c-1',
        )
        expect(Object.values(weights).every(Number.isSafeInteger)).toBe(true)
        expect(share(weights, 'c-1')).toBeCloseTo(percent / 100, 10)
        if (percent < 100) expect(share(weights, 'a') / (1 - percent / 100)).toBeCloseTo(a / (a + b), 3)
      }),
    )
  })
})

describe('actualPercent', () => {
  const endpoint = (weights: Record<string, number>): EndpointFacts => ({
    name: 'fraud',
    arn: 'arn:aws:sagemaker:eu-west-1:333333333333:endpoint/fraud',
    status: 'InService',
    createdAt: '2026-01-01T00:00:00.000Z',
    configName: 'fraud-1',
    tags: {},
    features: [],
    variants: Object.entries(weights).map(([name, currentWeight]) => ({
      name,
      currentWeight,
      desiredWeight: 0,
      currentCount: 1,
      desiredCount: 1,
      images: [],
    })),
  })

  it.each([
    [{ blue: 90, 'c-1': 10 }, 10],
    [{ blue: 0, 'c-1': 0 }, 0],
    [{ blue: 1 }, 0],
    [{ blue: 2, 'c-1': 1 }, 33.33],
  ])('of %j is %d', (weights, percent) => {
    expect(actualPercent(endpoint(weights), 'c-1')).toBe(percent)
  })
})
