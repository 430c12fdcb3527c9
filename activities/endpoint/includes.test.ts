import { expect, it } from 'vitest'
import { sameNumber } from '../../rollout/deploy/fingerprint.ts'
import { firstDifference } from './includes.ts'

it.each([
  ['a default that AWS added', { A: 1 }, { A: 1, Mode: 'SingleModel' }, null],
  ['a float that went through 32 bits', { W: 0.7 }, { W: Math.fround(0.7) }, null],
  ['an empty structure that AWS left out', { Environment: {} }, {}, null],
  ['a member that is missing', { KmsKeyId: 'k' }, {}, 'KmsKeyId'],
  ['another value deep inside', { V: [{ C: 1 }, { C: 2 }] }, { V: [{ C: 1 }, { C: 3 }] }, 'V.1.C'],
  ['a longer list', { V: [1] }, { V: [1, 2] }, 'V'],
  [
    'something that must be empty and is not',
    { Environment: {} },
    { Environment: { A: '1' } },
    'Environment',
  ],
])('%s', (_title, requested, described, difference) => {
  expect(firstDifference(requested, described)).toBe(difference)
})

it('tells 1 % from 1.1 %', () => {
  expect(sameNumber(0.01, 0.011)).toBe(false)
  expect(sameNumber(0, 0)).toBe(true)
})
