import { describe, expect, test } from 'vitest'
import { answerRows, linearModelSchema, predict, type RequestRefused } from './linear-model.ts'

const binary = linearModelSchema.parse({
  kind: 'logistic-regression',
  features: ['a', 'b'],
  scaler: { mean: [1, 2], scale: [2, 4] },
  coefficients: [[1, -1]],
  intercept: [0.5],
  classes: ['no', 'yes'],
})

describe('a linear model', () => {
  test('answers the probability of the second class', () => {
    expect(predict(binary, [3, 2])[0]).toBeCloseTo(1 / (1 + Math.exp(-1.5)), 12)
  })

  test('answers a probability per class when there are more than two, adding up to one', () => {
    const many = linearModelSchema.parse({
      kind: 'logistic-regression',
      features: ['a'],
      coefficients: [[0], [1], [2]],
      intercept: [0, 0, 0],
    })
    const answer = predict(many, [1])
    expect(answer.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12)
    expect(answer[2]! / answer[1]!).toBeCloseTo(Math.E, 12)
  })

  test('answers CSV with CSV and JSON with JSON', () => {
    expect(answerRows(binary, { body: '3,2\n1,2\n', contentType: 'text/csv' }).body).toBe(
      '0.817574\n0.622459',
    )
    expect(
      JSON.parse(answerRows(binary, { body: '{"instances":[[3,2]]}', contentType: 'application/json' }).body),
    ).toEqual({
      predictions: [{ score: 0.817574, label: 'yes' }],
    })
  })

  test.each([
    ['1', 'text/csv', 400, 'row 1 has 1 features, the model takes 2'],
    ['1,2\n3,x', 'text/csv', 400, 'row 2: feature 2 is not a number: x'],
    ['', 'text/csv', 400, 'no rows'],
    ['{', 'application/json', 400, 'not JSON'],
    ['1,2', 'image/png', 415, 'image/png'],
  ])('refuses %j as %s', (body, contentType, status, message) => {
    expect(() => answerRows(binary, { body, contentType })).toThrow(message)
    try {
      answerRows(binary, { body, contentType })
    } catch (error) {
      expect((error as RequestRefused).status).toBe(status)
    }
  })

  test('is refused when its numbers do not fit together', () => {
    expect(linearModelSchema.safeParse({ ...binary, intercept: [0, 0] }).success).toBe(false)
    expect(linearModelSchema.safeParse({ ...binary, coefficients: [[1]] }).success).toBe(false)
  })
})
