/** Days as the week has them, Monday first (ISO 8601). */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export type Weekday = (typeof weekdays)[number]

/**
 * When a freeze holds, on the wall clock of its time zone. Dates and times are kept as written: what instant they mean is
 * a question for `occurrences`.
 */
export type FreezeWindow =
  /** Once. A date alone means its first moment in `from` and its last in `until`. */
  | { readonly kind: 'between'; readonly from: string; readonly until: string }
  /** Every year; `12-20` or `12-20T18:00`. It may go over New Year. */
  | { readonly kind: 'yearly'; readonly from: string; readonly until: string }
  /** Every week; `fri 18:00`. It may go over Sunday. */
  | { readonly kind: 'weekly'; readonly from: string; readonly until: string }
  /** On the days on which it begins; an `until` that is not after `from` is on the next day. */
  | {
      readonly kind: 'daily'
      readonly from: string
      readonly until: string
      readonly days: readonly Weekday[]
    }

/** A time in which no rollout may give a new model more traffic. Putting back is never frozen. */
export interface Freeze {
  readonly name: string
  /** IANA name such as `Europe/Berlin`. */
  readonly timeZone: string
  readonly reason?: string
  /** Names of documents, `*` for any characters; absent: every model. */
  readonly models?: readonly string[]
  readonly window: FreezeWindow
}

/** One time that a freeze holds. */
export interface FreezeTime {
  readonly name: string
  readonly reason?: string
  /** ISO instants; `until` is the first moment after it. */
  readonly from: string
  readonly until: string
}
