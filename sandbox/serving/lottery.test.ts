import { describe, expect, test } from 'vitest'
import { createLottery, mixSeeds, normalQuantile, seedOf } from './lottery.ts'

describe('a lottery', () => {
  test('draws the same for the same seed and otherwise for another', () => {
    const draws = (seed: number) => Array.from({ length: 5 }, createLottery(seed).next)
    expect(draws(7)).toEqual(draws(7))
    expect(draws(7)).not.toEqual(draws(8))
    expect(mixSeeds(1, 2)).not.toBe(mixSeeds(2, 1))
    expect(seedOf('eu-west-1')).not.toBe(seedOf('eu-west-2'))
  })

  test.each([
    [20, 0.3],
    [5000, 0.02],
    [100_000, 0.5],
  ])('counts %i trials at %f near their mean', (trials, chance) => {
    const lottery = createLottery(3)
    const draws = Array.from({ length: 400 }, () => lottery.binomial(trials, chance))
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
    const spread = Math.sqrt((trials * chance * (1 - chance)) / draws.length)
    expect(Math.abs(mean - trials * chance)).toBeLessThan(5 * spread)
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...draws)).toBeLessThanOrEqual(trials)
  })

  test.each([0.5, 12, 9000])('expects %f events and gets about as many', (mean) => {
    const lottery = createLottery(11)
    const draws = Array.from({ length: 400 }, () => lottery.poisson(mean))
    expect(Math.abs(draws.reduce((sum, draw) => sum + draw, 0) / 400 - mean)).toBeLessThan(
      5 * Math.sqrt(mean / 400),
    )
  })

  test.each([
    [0.5, 0],
    [0.975, 1.959964],
    [0.01, -2.326348],
    [0.999, 3.090232],
  ])('knows the normal quantile of %f', (chance, value) => {
    expect(normalQuantile(chance)).toBeCloseTo(value, 5)
  })
})
