import type { Clock } from './types.ts'

/** A clock whose pending timers can all be dropped at once, when the world is reset or closed. */
export interface SandboxClock extends Clock {
  cancelAll(): void
}

/** Time stamps are real; durations are divided by `rate`. */
export const createClock = (rate = 1): SandboxClock => {
  if (!(rate > 0)) throw new RangeError(`clock rate must be above 0, found ${rate}`)
  const timers = new Set<NodeJS.Timeout>()
  return {
    rate,
    now: () => Date.now(),
    real: (sandboxMs) => sandboxMs / rate,
    after(sandboxMs, task) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        task()
      }, sandboxMs / rate)
      timer.unref()
      timers.add(timer)
      return () => {
        clearTimeout(timer)
        timers.delete(timer)
      }
    },
    cancelAll() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
