import { describe, expect, it } from 'vitest'
import { compareAnswer, compareDataset } from './golden.ts'

describe('compareAnswer', () => {
  it.each([
    ['0.5', '0.52', 0.01],
    ['0.5', 'NaN', 0.01],
    ['0.5,0.5', '0.5', 0.01],
    ['1', '', 1],
    ['', '0', 1],
    ['{"score":0.5}', '{"score":0.5,"label":1}', 0.01],
    ['{"score":0.5}', '[0.5]', 0.01],
    ['[0.5]', '{"0":0.5}', 0.01],
    ['cat', 'dog', 9],
    ['true', '1', 9],
  ])('finds %j and %j different within %d', (expected, actual, tolerance) => {
    expect(compareAnswer(expected, actual, tolerance).equal).toBe(false)
  })

  it.each([
    ['0.10', '0.11', 0.01],
    ['0.5, 0.25', '0.5,0.25\n', 0],
    ['{"b":[1,2],"a":"x"}', '{"a":"x","b":[1.001,2]}', 0.01],
    ['cat', 'cat', 0],
    ['a 1', 'a 1.0', 0],
  ])('finds %j and %j equal within %d', (expected, actual, tolerance) => {
    expect(compareAnswer(expected, actual, tolerance).equal).toBe(true)
  })
})

describe('compareDataset', () => {
  it('counts missing, failed and superfluous answers as errors', () => {
    expect(compareDataset(['1', '2', '3'], ['1', null], 0).errors).toBe(2)
    expect(compareDataset(['1'], ['1', '2'], 0).errors).toBe(1)
  })

  it('names the first lines that differ and the largest difference', () => {
    const comparison = compareDataset(['1', '2', '3'], ['1.001', '2.5', 'x'], 0.01)
    expect(comparison).toMatchObject({ errors: 2, lines: 3, largestDifference: 0.5 })
    expect(comparison.examples).toEqual(['line 2: expected "2", got "2.5"', 'line 3: expected "3", got "x"'])
  })
})
