import type { Client } from '@temporalio/client'
import type { Freeze } from '../rollout/calendar/types.ts'
import type { Aws } from './aws/clients.ts'
import type { Stay } from './poll.ts'

/** The freezes of the whole installation. */
export interface Calendar {
  /** As they are now: the file behind them may change while the worker runs. */
  freezes(): readonly Freeze[]
}

/** Without a calendar file: no freezes but those of the documents. */
export const emptyCalendar: Calendar = { freezes: () => [] }

/** What the activities work with, made once by the worker. */
export interface Dependencies {
  readonly aws: Aws
  /** See `SLUICE_CLOCK_RATE`. */
  readonly clockRate: number
  /** Of polls that are short and seldom; without it each look is an attempt. */
  readonly stay?: Stay | undefined
  readonly calendar: Calendar
  /** For who holds a lock, and what an earlier rollout came to. */
  readonly temporal: Client
  /** The key with which the API signs messages and `http` tests are signed; without one nothing is verified or signed. */
  readonly signingKey?: string | undefined
}
