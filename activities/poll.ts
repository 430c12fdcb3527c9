import { Context } from '@temporalio/activity'
import type { Milliseconds } from '../rollout/document/types.ts'
import { fail } from './failure.ts'

/** What one look found: either the end of the wait, or why not yet, with what the next attempt must know. */
export type Look<T, S> =
  | { readonly done: true; readonly value: T }
  | {
      readonly done: false
      /** What is waited for, for people: it stands in Temporal's UI as the last failure. */
      readonly waitingFor: string
      /** Kept for the next attempt, also when the worker is killed. */
      readonly state?: S
      /** Overrides `every` for the next look. */
      readonly after?: Milliseconds
    }

/** One wait. All times are real. */
export interface Poll<T, S> {
  readonly every: Milliseconds
  /**
   * Waits of up to a second are slept within one attempt for so long, because a retry by the server costs about a second:
   * only clocks that run fast have such waits.
   */
  readonly inside?: Milliseconds | undefined
  /** Epoch milliseconds; absent: waits until cancelled. */
  readonly deadline?: number
  /** Looks once. `now` is when this attempt was scheduled, by the server's clock. */
  look(seen: { readonly state: S | undefined; readonly now: number }): Promise<Look<T, S>>
  /** What the wait comes to when the deadline is over and it still is not so; may throw. */
  timedOut?(seen: {
    readonly state: S | undefined
    readonly now: number
    readonly waitingFor: string
  }): T | Promise<T>
}

/**
 * Looks once and, if it is not so yet, fails in a way that makes the server's retry the next look: a wait of a day costs
 * the history what one of a minute does, holds no worker slot, and survives every worker. State goes through heartbeat
 * details, which the server hands to the next attempt. The clock is the server's, so that the time-skipping server works.
 */
export async function poll<T, S = never>(wanted: Poll<T, S>): Promise<T> {
  const { every, deadline, look, timedOut, inside = 0 } = wanted
  const context = Context.current()
  const start = performance.now()
  const elapsed = (): number => Math.round(performance.now() - start)
  let before = context.info.heartbeatDetails as S | undefined
  for (;;) {
    const began = elapsed()
    const now = context.info.currentAttemptScheduledTimestampMs + began
    const found = await look({ state: before, now })
    if (found.done) return found.value
    const state = found.state ?? before
    if (deadline !== undefined && now >= deadline) {
      if (timedOut) return timedOut({ state, now, waitingFor: found.waitingFor })
      throw fail('Refused', `${found.waitingFor}: the time for it is over.`, {
        details: [{ timedOut: true }],
      })
    }
    if (state !== undefined) context.heartbeat(state)
    // What the look itself took counts, so that looks come as often as was asked.
    const wait = found.after ?? Math.max(1, every - (elapsed() - began))
    const delay = deadline === undefined ? wait : Math.min(wait, Math.max(1, deadline - now))
    if (delay > 1_000 || elapsed() + delay > inside) throw fail('NotYet', found.waitingFor, { delay })
    await context.sleep(delay)
    before = state
  }
}
