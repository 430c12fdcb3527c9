import { describe, expect, test } from 'vitest'
import { keysAmong, targetTerms, termsOf } from './target-terms.ts'

const keys = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `333333333333/eu-west-1/fraud-scorer-${index}`)

describe('what a rollout is found by', () => {
  test('is the keys of its targets, each once, as long as they fit', () => {
    expect(targetTerms([...keys(40), ...keys(2)])).toEqual(keys(40))
    expect(keysAmong(targetTerms(keys(40)))).toEqual(keys(40))
  })

  test('is hashes where the keys would not fit, by which every one of them is still found', () => {
    const terms = targetTerms(keys(201))
    expect(JSON.stringify(terms).length).toBeLessThanOrEqual(1_900)
    for (const key of keys(201)) expect(terms.some((term) => termsOf(key).includes(term))).toBe(true)
    expect(keysAmong(terms)).toEqual([])
  })
})
