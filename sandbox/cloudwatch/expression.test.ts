import { describe, expect, test } from 'vitest'
import { compute } from './expression.ts'
import { ExpressionError, idsIn } from './parse-expression.ts'

const scope = {
  series: new Map([
    [
      'errors',
      new Map([
        [0, 5],
        [60, 1],
        [120, 0],
      ]),
    ],
    [
      'calls',
      new Map([
        [0, 50],
        [60, 0],
        [180, 7],
      ]),
    ],
  ]),
  periods: [0, 60, 120, 180],
  periodSeconds: 60,
}

describe('metric math', () => {
  test.each([
    ['errors / calls', [[0, 0.1]]],
    [
      'errors * 2 + 1',
      [
        [0, 11],
        [60, 3],
        [120, 1],
      ],
    ],
    [
      'IF(calls >= 10, errors / calls, 0)',
      [
        [0, 0.1],
        [60, 0],
        [180, 0],
      ],
    ],
    [
      'FILL(errors, 9)',
      [
        [0, 5],
        [60, 1],
        [120, 0],
        [180, 9],
      ],
    ],
    [
      'FILL(errors, REPEAT)',
      [
        [0, 5],
        [60, 1],
        [120, 0],
        [180, 0],
      ],
    ],
    [
      'SUM([errors, calls])',
      [
        [0, 55],
        [60, 1],
        [120, 0],
        [180, 7],
      ],
    ],
    [
      'MAX(METRICS())',
      [
        [0, 50],
        [60, 1],
        [120, 0],
        [180, 7],
      ],
    ],
    [
      'errors > 0 AND calls > 0',
      [
        [0, 1],
        [60, 0],
      ],
    ],
    [
      '100 * -(errors - 1) ^ 2',
      [
        [0, 1600],
        [60, 0],
        [120, 100],
      ],
    ],
    [
      'SUM(errors)',
      [
        [0, 6],
        [60, 6],
        [120, 6],
        [180, 6],
      ],
    ],
  ])('%s', (text, expected) => {
    expect([...compute(text, scope)]).toEqual(expected)
  })

  test.each(['errors +', 'nobody / 2', 'SEARCH("x", "Sum")', 'errors errors', 'FROB(errors)'])(
    'refuses %s',
    (text) => {
      expect(() => compute(text, scope)).toThrow(ExpressionError)
    },
  )

  test('knows which ids an expression needs', () => {
    expect(idsIn('IF(calls > 1, FILL(errors, REPEAT), 0)')).toEqual(['calls', 'errors'])
  })
})
