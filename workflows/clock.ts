import type { Milliseconds } from '../rollout/document/types.ts'

/** Document time to real time: a rate of 60 makes a document's minute a second. */
export interface Clock {
  readonly rate: number
  /** Real milliseconds for a duration of the document. */
  real(duration: Milliseconds): number
}

export function createClock(rate: number): Clock {
  return { rate, real: (duration) => Math.ceil(duration / rate) }
}

/** Workflow time as the ISO string that views carry. */
export function isoNow(): string {
  return new Date(Date.now()).toISOString()
}
