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
      /** Others want to know what was found: it ends the attempt, so that Temporal is told at once. */
      readonly news?: boolean
    }

/**
 * How far one attempt goes on looking by itself. A retry by the server takes about a second and some writes of its database;
 * in exchange one that stays holds a slot of the worker, and its state is as old as the last heartbeat when the worker is killed.
 */
export interface Stay {
  readonly atMost: Milliseconds
  /** Longer waits are the server's. */
  readonly longestWait: Milliseconds
  /** Aborted when the worker stops: the next look is another worker's, and as punctual. */
  readonly leave?: AbortSignal
}

/** One wait. All times are real. */
export interface Poll<T, S> {
  readonly every: Milliseconds
  /** Without it each look is an attempt of its own. */
  readonly stay?: Stay | undefined
  /** Epoch milliseconds; absent: waits until cancelled. */
  readonly deadline?: number
  /** Looks once. `now` is when this attempt was scheduled, by the server's clock, and what has passed in it since. */
  look(seen: { readonly state: S | undefined; readonly now: number }): Promise<Look<T, S>>
  /** What the wait comes to when the deadline is over and it still is not so; may throw. */
  timedOut?(seen: {
    readonly state: S | undefined
    readonly now: number
    readonly waitingFor: string
  }): T | Promise<T>
}

/**
 * Looks and, if it is not so yet, fails in a way that makes the server's retry the next look: a wait of a day costs
 * the history what one of a minute does, holds no worker slot (but see `Stay`), and survives every worker. State goes through
 * heartbeat details, which the server hands to the next attempt. The clock is the server's, so that the time-skipping server works.
 */
export async function poll<T, S = never>(wanted: Poll<T, S>): Promise<T> {
  const { every, deadline, look, timedOut, stay } = wanted
  const context = Context.current()
  const start = performance.now()
  const elapsed = (): number => Math.round(performance.now() - start)
  let before = context.info.heartbeatDetails as S | undefined
  for (;;) {
    const began = elapsed()
    const now = context.info.currentAttemptScheduledTimestampMs + began
    const seen = { state: before, now }
    const found = await (stay ? heartbeatingSlowly(before, () => look(seen)) : look(seen))
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
    const stays = stay && !found.news && delay <= stay.longestWait && elapsed() + delay <= stay.atMost
    const left = stays ? await sleepUnless(stay.leave, delay) : delay
    if (left > 0) throw fail('NotYet', found.waitingFor, { delay: left })
    before = state
  }
}

/** Sleeps until the time is over or it is to leave; returns what is left then. Leaves no timer behind. */
async function sleepUnless(leave: AbortSignal | undefined, delay: Milliseconds): Promise<Milliseconds> {
  const began = performance.now()
  let wake = (): void => undefined
  const woken = new Promise<void>((resolve) => (wake = resolve))
  const timer = setTimeout(wake, delay)
  leave?.addEventListener('abort', wake)
  if (leave?.aborted) wake()
  try {
    await Promise.race([woken, Context.current().cancelled])
  } finally {
    clearTimeout(timer)
    leave?.removeEventListener('abort', wake)
  }
  return leave?.aborted ? Math.max(1, Math.round(delay - (performance.now() - began))) : 0
}

/** A look that takes long is no sign of a dead worker; what is told meanwhile is what was known before. */
async function heartbeatingSlowly<T>(state: unknown, look: () => Promise<T>): Promise<T> {
  const context = Context.current()
  const timer = setInterval(() => context.heartbeat(state), 5_000)
  try {
    return await look()
  } finally {
    clearInterval(timer)
  }
}
