import { expect, it } from 'vitest'
import { capacityFor } from './capacity.ts'

it.each([
  [10, 1, 0, 1],
  [10, 10, 0, 1],
  [11, 10, 0, 2],
  [50, 3, 0, 2],
  [100, 7, 0, 7],
  [100, 2, 4, 4],
  [100, 8, 2, 8],
  [0, 5, 0, 1],
])('%d %% of %d instances (%d of its own) needs %d', (weight, stable, own, count) => {
  expect(capacityFor(weight, stable, own)).toBe(count)
})
