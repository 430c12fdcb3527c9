import { expect, it } from 'vitest'
import { activityContext, failureOf } from '../test/support/accounts.ts'
import { poll } from './poll.ts'

it('counts what a look took towards the time until the next, so that looks come as often as was asked', async () => {
  const look = async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    return { done: false, waitingFor: 'rain' } as const
  }
  const failure = await failureOf(activityContext().run(() => poll({ every: 10_000, look })))
  expect(failure).toMatchObject({ type: 'NotYet' })
  expect((failure as { nextRetryDelay: number }).nextRetryDelay).toBeLessThan(9_750)
})

it('keeps to the time that a look asked for', async () => {
  const look = async () => ({ done: false, waitingFor: 'rain', after: 3_000 }) as const
  const failure = await failureOf(activityContext().run(() => poll({ every: 10_000, look })))
  expect(failure).toMatchObject({ type: 'NotYet', nextRetryDelay: 3_000 })
})
