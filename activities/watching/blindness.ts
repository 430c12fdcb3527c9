import { CancelledFailure } from '@temporalio/common'
import { isAbort } from '../aws/errors.ts'

/** Since when looking has failed, in a row. */
export interface Blindness {
  /** Epoch milliseconds. */
  readonly since: number
  readonly error: string
}

/** Takes a failed look as one more of a row; cancellation is none and is thrown on. */
export function blindSince(error: unknown, before: Blindness | undefined, now: number): Blindness {
  if (error instanceof CancelledFailure || isAbort(error)) throw error
  return { since: before?.since ?? now, error: error instanceof Error ? error.message : String(error) }
}

export function iso(time: number): string {
  return new Date(time).toISOString()
}
