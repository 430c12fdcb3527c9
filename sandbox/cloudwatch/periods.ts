import type { Clock } from '../core/types.ts'

/**
 * Metrics are kept by sandbox minutes. A minute is `60 / rate` real seconds long and time stamps are real, so a period
 * of 60 in a request is a bucket of `60 / rate` real seconds in the answer.
 */
export const minuteMs = (clock: Clock): number => clock.real(60_000)

/** The number of the sandbox minute that a real time stamp (ms) falls into. */
export const minuteOf = (clock: Clock, at: number): number => Math.floor(at / minuteMs(clock))

/** When a sandbox minute begins, real ms. */
export const startOfMinute = (clock: Clock, minute: number): number => minute * minuteMs(clock)

/** How many minutes a period of that many sandbox seconds has; CloudWatch keeps these metrics by the minute, so at least one. */
export const minutesIn = (periodSeconds: number): number => Math.max(1, Math.round(periodSeconds / 60))

/** The newest minute (exclusive) whose data can be read: it is over, and the delay of publication too. */
export const visibleUntil = (clock: Clock, delayMs: number): number =>
  minuteOf(clock, clock.now() - clock.real(delayMs) + 0.001)
