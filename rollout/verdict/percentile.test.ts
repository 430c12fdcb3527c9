import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { percentile, samplesNeeded } from './percentile.ts'

describe('percentile', () => {
  it('refuses a percentile with fewer than 10 samples in its tail', () => {
    expect(
      percentile(
        Array.from({ length: 999 }, (_, i) => i),
        99,
      ),
    ).toBeNull()
    expect(percentile([], 50)).toBeNull()
    expect(
      percentile(
        Array.from({ length: 19 }, (_, i) => i),
        50,
      ),
    ).toBeNull()
  })

  it.each([
    [50, 20],
    [90, 100],
    [95, 200],
    [99, 1000],
    [99.9, 10_000],
  ])('p%d needs %d samples', (percent, samples) => {
    expect(samplesNeeded(percent)).toBe(samples)
  })

  it('is the nearest rank, whatever the order', () => {
    const samples = Array.from({ length: 1000 }, (_, i) => 1000 - i)
    expect(percentile(samples, 99)).toBe(990)
    expect(percentile(samples, 50)).toBe(500)
  })

  it('leaves at least 10 samples at or above itself', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1000, maxLength: 1200 }),
        fc.constantFrom(50, 90, 95, 99),
        (samples, percent) => {
          const value = percentile(samples, percent) ?? Number.NaN
          expect(samples.filter((sample) => sample >= value).length).toBeGreaterThanOrEqual(10)
          expect(samples.filter((sample) => sample <= value).length).toBeGreaterThanOrEqual(
            (samples.length * percent) / 100,
          )
        },
      ),
      { numRuns: 20 },
    )
  })
})
