import { expect, it } from 'vitest'
import type { RecordedCall } from './recorded-call.ts'
import { covered, scriptOf } from './script.ts'

const call = (
  command: string,
  start: number,
  end: number,
  more: Partial<RecordedCall> = {},
): RecordedCall => ({
  service: 'SageMaker',
  region: 'eu-west-1',
  key: 'AKIA',
  command,
  input: {},
  succeeded: true,
  start,
  end,
  activity: undefined,
  handed: {},
  ...more,
})

it('lets a step wait for those that were over when the rollout began it, and for no others', () => {
  const steps = scriptOf([call('A', 0, 10), call('B', 5, 20), call('C', 15, 30), call('D', 40, 50)])
  expect(steps.map(({ after }) => after)).toEqual([[], [], [0], [0, 1, 2]])
})

it('makes one wait of all looks of one activity, and leaves out the watch and refused changes', () => {
  const activity = { type: 'awaitEndpoint', id: '1' }
  const steps = scriptOf([
    call('UpdateEndpointCommand', 0, 1, { succeeded: false }),
    call('UpdateEndpointCommand', 2, 3),
    call('DescribeEndpointCommand', 4, 5, { activity }),
    call('DescribeAlarmsCommand', 5, 6, { activity: { type: 'watchTarget', id: '2' } }),
    call('DescribeEndpointCommand', 14, 15, { activity }),
  ])
  expect(steps.map(({ kind, start, end }) => [kind, start, end])).toEqual([
    ['call', 2, 3],
    ['wait', 4, 15],
  ])
})

it('measures what is covered once, however often', () => {
  const intervals = [
    { start: 0, end: 10 },
    { start: 5, end: 12 },
    { start: 20, end: 30 },
  ]
  expect(covered(intervals)).toBe(22)
  expect(covered([{ start: 0, end: 40 }], intervals)).toBe(18)
})
