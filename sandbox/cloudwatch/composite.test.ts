import { describe, expect, test } from 'vitest'
import { childrenOf, CompositeRuleError, isMet, parseCompositeRule } from './composite.ts'

const states: Readonly<Record<string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'>> = {
  'a 1': 'ALARM',
  b: 'OK',
  c: 'INSUFFICIENT_DATA',
}
const met = (text: string) => isMet(parseCompositeRule(text), (name) => states[name])

describe('a composite rule', () => {
  test.each([
    ['ALARM("a 1")', true],
    ['ALARM(a 1) AND ALARM(b)', false],
    ['ALARM(b) OR ALARM("a 1")', true],
    ['NOT ALARM(b) AND OK(b)', true],
    ['OK(c) OR INSUFFICIENT_DATA(c) AND ALARM(b)', false],
    ['(OK(c) OR INSUFFICIENT_DATA(c)) AND NOT (ALARM(b))', true],
    ['ALARM(arn:aws:cloudwatch:eu-west-1:111111111111:alarm:a 1)', true],
    ['ALARM(deleted)', false],
    ['TRUE', true],
    ['FALSE OR NOT FALSE', true],
  ])('%s is %s', (text, expected) => {
    expect(met(text)).toBe(expected)
  })

  test.each(['', 'ALARM(a', 'ALARM("a") AND', 'ALARM(a) OK(b)', 'a OR b', '(TRUE'])('refuses %j', (text) => {
    expect(() => parseCompositeRule(text)).toThrow(CompositeRuleError)
  })

  test('names the alarms it looks at', () => {
    expect(childrenOf(parseCompositeRule('ALARM(x) OR NOT (OK(y) AND ALARM(x))'))).toEqual(['x', 'y'])
  })
})
