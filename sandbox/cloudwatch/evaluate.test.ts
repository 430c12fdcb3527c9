import { describe, expect, test } from 'vitest'
import { evaluate, type AlarmRule, type Evaluation, type TreatMissingData } from './evaluate.ts'

const rule = (change: Partial<AlarmRule>): AlarmRule => ({
  comparison: 'GreaterThanThreshold',
  threshold: 0,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  treatMissingData: 'missing',
  ...change,
})

const range = (text: string) =>
  text.split(' ').map((mark, at) => ({ at, value: mark === '-' ? undefined : mark === 'X' ? 1 : 0 }))

const TREATMENTS: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching']

// The two tables of the CloudWatch user guide, X breaching, 0 not breaching, - missing.
const THREE_OF_THREE: readonly (readonly [string, ...Evaluation['state'][]])[] = [
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', 'retain', 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - X - -', 'ALARM', 'retain', 'ALARM', 'OK'],
]
const TWO_OF_THREE: typeof THREE_OF_THREE = [
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - X -', 'ALARM', 'retain', 'ALARM', 'OK'],
]

describe('an alarm', () => {
  for (const [table, datapointsToAlarm] of [
    [THREE_OF_THREE, 3],
    [TWO_OF_THREE, 2],
  ] as const) {
    for (const [marks, ...states] of table) {
      TREATMENTS.forEach((treatMissingData, index) => {
        test(`${datapointsToAlarm} of 3 over ${marks} with ${treatMissingData} is ${states[index]}`, () => {
          expect(evaluate(range(marks), rule({ datapointsToAlarm, treatMissingData })).state).toBe(
            states[index],
          )
        })
      })
    }
  }

  test('stays as it is while a first breaching datapoint is younger than the datapoints it needs', () => {
    expect(evaluate(range('- - - - X'), rule({})).state).toBe('retain')
  })

  test.each([
    ['GreaterThanThreshold', 5, 'OK'],
    ['GreaterThanOrEqualToThreshold', 5, 'ALARM'],
    ['LessThanThreshold', 5, 'OK'],
    ['LessThanOrEqualToThreshold', 5, 'ALARM'],
  ] as const)('compares by %s at the threshold itself', (comparison, value, state) => {
    const one = rule({ comparison, threshold: 5, evaluationPeriods: 1, datapointsToAlarm: 1 })
    expect(evaluate([{ at: 0, value }], one).state).toBe(state)
  })
})
