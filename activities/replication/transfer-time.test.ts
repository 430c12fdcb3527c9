import { expect, test } from 'vitest'
import { transferTimeout } from './transfer-time.ts'

const MIB = 1024 ** 2

test.each([
  ['a kilobyte that S3 copies', 1_024, 's3', 60_001],
  ['the largest object that S3 copies at once', 5 * 1024 * MIB, 's3', 1_340_000],
  ['a part of a layer', 10 * MIB, 'worker', 100_000],
  ['the largest part that goes through a worker', 128 * MIB, 'worker', 572_000],
] as const)('%s is waited for in proportion to its bytes', (_what, bytes, through, ms) => {
  expect(transferTimeout(bytes, through)).toBe(ms)
})
