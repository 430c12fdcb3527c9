import { expect, test } from 'vitest'
import type { Step } from './script.ts'
import { intervalsOf, timeBy } from './where.ts'

const at = (ms: number) => ({ eventTime: { seconds: 0, nanos: ms * 1e6 } }) as unknown as object
const activity = (name: string) => ({ activityTaskScheduledEventAttributes: { activityType: { name } } })

test('every moment belongs to what is nearest to the work, and what lasts as long as a lock to nothing', () => {
  const history = [
    { ...at(0), workflowTaskScheduledEventAttributes: {} },
    { ...at(5), workflowTaskStartedEventAttributes: { scheduledEventId: 1 } },
    { ...at(20), workflowTaskCompletedEventAttributes: { startedEventId: 2 } },
    { ...at(20), ...activity('setWeights') },
    { ...at(30), activityTaskStartedEventAttributes: { scheduledEventId: 4 } },
    { ...at(90), activityTaskCompletedEventAttributes: { scheduledEventId: 4, startedEventId: 5 } },
    { ...at(90), ...activity('watchTarget') },
    { ...at(95), activityTaskStartedEventAttributes: { scheduledEventId: 7 } },
    { ...at(500), activityTaskCompletedEventAttributes: { scheduledEventId: 7, startedEventId: 8 } },
  ]
  const call = { kind: 'call', start: 40, end: 70 } as Step
  expect(timeBy(intervalsOf([call], [history as never]))).toMatchObject({
    'a call to AWS is under way': 30,
    'an activity runs its own code': 30,
    'an activity waits to be started, or for its next attempt': 10,
    'a workflow task runs': 15,
    'a workflow task waits to be started': 5,
    'a timer runs': 0,
  })
})
