import { expect, test } from 'vitest'
import type { StepState } from '../rollout/phases.ts'
import type { StepView } from '../rollout/view.ts'
import { foldSteps } from './steps-shown.js'

const steps = (...states: readonly StepState[]): StepView[] =>
  states.map((state, index) => ({
    number: index + 1,
    id: `s-${index}`,
    title: '',
    kind: 'shift',
    state,
    targets: [],
  }))
const passed = (count: number) => Array.from({ length: count }, (): StepState => 'Passed')
const numbers = (folded: readonly StepView[]) => folded.map(({ number }) => number)

test('what is long over is folded, and the last of it stays', () => {
  const { over, shown } = foldSteps(steps(...passed(9), 'Running', 'Pending'), true)
  expect(numbers(over)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(numbers(shown)).toEqual([8, 9, 10, 11])
})

test('nothing is folded of a short plan, of one that has ended, and nothing that failed', () => {
  expect(foldSteps(steps(...passed(5), 'Running'), true).over).toEqual([])
  expect(foldSteps(steps(...passed(9), 'Reverted'), false).over).toEqual([])
  expect(numbers(foldSteps(steps('Failed', ...passed(9)), true).over)).toEqual([])
})
