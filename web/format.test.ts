import { expect, test } from 'vitest'
import { age, duration, moment, packageName, quantity } from './format.js'

test.each([
  [-5, '0 s'],
  [8_900, '8 s'],
  [65_000, '1 min 5 s'],
  [12 * 60_000 + 30_000, '12 min'],
  [3 * 3_600_000 + 5 * 60_000, '3 h 5 min'],
  [2 * 86_400_000, '2 d'],
])('%i ms last %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text)
})

test('a column has one unit', () => {
  expect([age(65_000), age(3 * 3_600_000 + 1), age(50 * 3_600_000)]).toEqual(['1 min', '3 h', '2 d'])
})

test('a moment of today has its seconds, another one its day, and what is no time stays as it is', () => {
  const at = new Date(2026, 10, 21, 14, 3, 22)
  expect(moment(at.toISOString(), at.getTime() + 5_000)).toBe('14:03:22')
  expect(moment(at.toISOString(), at.getTime() + 3 * 86_400_000)).toBe('21 Nov 14:03')
  expect(moment('soon', 0)).toBe('soon')
})

test.each([
  [0.0312, 'rate', '3.1 %'],
  [412_000, 'microseconds', '412 ms'],
  [1, 'bool', 'yes'],
  [0.04567, '', '0.0457'],
])('%d of unit %j is %s', (value, unit, text) => {
  expect(quantity(value, unit)).toBe(text)
})

test('a package is called by group and version', () => {
  expect(packageName('arn:aws:sagemaker:eu-west-1:1:model-package/fraud/38')).toBe('fraud v38')
  expect(packageName('something else')).toBe('something else')
})
