import { Context } from '@temporalio/activity'
import { CancelledFailure } from '@temporalio/common'
import { isAbort, toFailure } from './aws/errors.ts'

/**
 * Wraps activities so that whatever still escapes them is a failure of the closed list, and so that a call that the
 * cancellation cut off counts as cancelled, not as failed.
 */
export function closedFailures<A extends object>(activities: A): A {
  return Object.fromEntries(
    Object.entries(activities).map(([name, run]) => [
      name,
      async (...input: unknown[]) => {
        try {
          return await (run as (...input: unknown[]) => Promise<unknown>)(...input)
        } catch (error) {
          if (isAbort(error) && Context.current().cancellationSignal.aborted) {
            throw new CancelledFailure(`${name} was cancelled`)
          }
          // An abort that nobody asked for is a connection that broke.
          throw isAbort(error) ? toFailure(new Error(error.message)) : toFailure(error, { operation: name })
        }
      },
    ]),
  ) as A
}
