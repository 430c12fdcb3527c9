import { expect, test } from 'vitest'
import { compareVersions } from './version.ts'

test.each([
  ['1.4.0', '1.4.0', 0],
  ['1.3.9', '1.4.0', -1],
  ['1.10.0', '1.4.0', 1],
  ['2.0.0', '1.99.99', 1],
])('version %s against %s is %i', (left, right, sign) => {
  expect(Math.sign(compareVersions(left, right))).toBe(sign)
})
