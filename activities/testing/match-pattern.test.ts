import { describe, expect, it } from 'vitest'
import { matchPattern } from './match-pattern.ts'

describe('a pattern of a document', () => {
  it.each([
    ['^[01](\\.\\d+)?$', '0.25', 'match'],
    ['^[01](\\.\\d+)?$', 'NaN', 'no match'],
    ['^\\p{Lu}', 'Ärger', 'match'],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(matchPattern(pattern, text)).toBe(expected)
  })

  it('is stopped when it would take years', () => {
    expect(matchPattern('^(a+)+$', `${'a'.repeat(60)}!`)).toBe('took too long')
  })
})
