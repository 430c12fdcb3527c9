/**
 * The closed list of ways in which an activity can fail, named by what happens next. Workflows branch on the type; the
 * message is for people. Nothing else is ever thrown on purpose.
 */
export const failures = {
  /** Not yet: looked, was not so, look again (the retry *is* the poll). */
  NotYet: { retry: true },
  /** The endpoint is Updating or in maintenance: wait it out, then decide again. */
  Busy: { retry: true },
  Throttled: { retry: true },
  /** Network, 5xx, and whatever is not known: try again. */
  Transient: { retry: true },
  /** Permission that may still be propagating, or eventual consistency: retried for a bounded time, then Denied / Invalid. */
  Settling: { retry: true },
  /** Not allowed, or the account cannot be entered. */
  Denied: { retry: false },
  /** AWS will never accept this request. */
  Invalid: { retry: false },
  NotFound: { retry: false },
  QuotaExceeded: { retry: false },
  /** SageMaker has no instances just now. */
  Capacity: { retry: false },
  /** Something exists under our name that is not ours, or someone else changed what we work on. */
  Conflict: { retry: false },
  /** The source is not what was pinned at plan time. */
  SourceChanged: { retry: false },
  /** The candidate does not work: failed its start, its smoke test. */
  Unhealthy: { retry: false },
  /** A message or document that is refused; the message says why. */
  Refused: { retry: false },
} as const satisfies Record<string, { retry: boolean }>

export type FailureType = keyof typeof failures

/** Types that Temporal must not retry, for retry policies. */
export const permanentFailures = (Object.keys(failures) as FailureType[]).filter(
  (type) => !failures[type].retry,
)
