import type { Client } from '@temporalio/client'
import type { Message } from '../workflows/messages.ts'
import type { ReadAlarms } from './temporal/read-alarms.ts'

/** How long the API waits for what may never answer; real milliseconds. */
export interface Deadlines {
  /** A query of the state, before the memo is used instead. */
  readonly query: number
  /** An update, before its outcome is called unknown. */
  readonly update: number
  /** Finding out whether any worker answers, after an update did not. */
  readonly probe: number
  /** The first task of a plan, before there is held to be no worker. */
  readonly worker: number
  readonly plan: number
  /** Every other call to Temporal. */
  readonly call: number
}

export const defaultDeadlines: Deadlines = {
  query: 1_500,
  update: 1_500,
  probe: 400,
  worker: 5_000,
  plan: 60_000,
  call: 10_000,
}

/** Temporal, and how long it is waited for. */
export interface Reachable {
  readonly client: Client
  readonly deadlines: Deadlines
}

/** What routes hand on to what talks to Temporal. */
export interface ApiContext extends Reachable {
  readonly taskQueue: string
  readonly readAlarms: ReadAlarms
  /** Whether rollouts that are started here tell people. */
  readonly heralds: boolean
  /** Signs for one rollout; leaves the message as it is when there is no signing key. */
  readonly sign: (rolloutId: string, message: Message) => Message
  /** Base of the links into Temporal's web UI, without a slash at its end. */
  readonly temporalUiUrl?: string
}

/** Runs calls to Temporal under a deadline of so many milliseconds from now, and `more`. */
export function within<T>(
  context: Reachable,
  deadline: keyof Deadlines,
  call: () => Promise<T>,
  more = 0,
): Promise<T> {
  return context.client.withDeadline(Date.now() + context.deadlines[deadline] + more, call)
}
