import { describe, expect, it } from 'vitest'
import { activityContext, failureOf } from '../test/support/accounts.ts'
import { closedFailures } from './closed-failures.ts'
import { fail } from './failure.ts'

const aborted = () => Object.assign(new Error('Request aborted'), { name: 'AbortError' })

describe('whatever an activity throws', () => {
  const activities = closedFailures({
    breaks: () => Promise.reject(new TypeError('undefined is not a function')),
    refuses: () => Promise.reject(fail('Refused', 'no')),
    aborts: () => Promise.reject(aborted()),
    answers: (value: number) => Promise.resolve(value),
  })

  it('is a failure of the closed list', async () => {
    expect(await failureOf(activityContext().run(activities.breaks))).toMatchObject({ type: 'Transient' })
    expect(await failureOf(activityContext().run(activities.refuses))).toMatchObject({
      type: 'Refused',
      message: 'no',
    })
    expect(await activityContext().run(activities.answers, 7)).toBe(7)
  })

  it('is a cancellation only when the activity was cancelled', async () => {
    expect(await failureOf(activityContext().run(activities.aborts))).toMatchObject({ type: 'Transient' })
    const cancelled = activityContext()
    cancelled.cancel()
    expect(await failureOf(cancelled.run(activities.aborts))).toMatchObject({ name: 'CancelledFailure' })
  })
})
