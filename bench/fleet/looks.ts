/** How often the rollouts of the fleet look at their alarms. */
export const pollEveryMs = 15_000

/** What the worker noted since it was asked last. */
export interface Looks {
  /** How much more than the interval lay between the ends of two looks at a target's alarms, milliseconds. */
  readonly lateness: readonly number[]
  /** Requests to CloudWatch. */
  readonly describeAlarms: number
  /** Looks at a target's alarms; without sharing, each would be a request. */
  readonly looks: number
  /** JavaScript's own part of the memory. */
  readonly heapMiB: number
}
