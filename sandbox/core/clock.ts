import type { Clock } from './types.ts'

/** A clock whose pending timers can all be dropped at once, when the world is reset or closed, and that can leap ahead. */
export interface SandboxClock extends Clock {
  cancelAll(): void
  /**
   * Moves the clock ahead to this time stamp, for tests whose time is not the machine's; what is due until then happens
   * at once, each at its own moment. Never goes back.
   */
  leapTo(at: number): void
}

interface Timer {
  readonly due: number
  readonly task: () => void
  handle: NodeJS.Timeout | undefined
}

/** Time stamps are real, unless it has leapt; durations are divided by `rate`. */
export const createClock = (rate = 1): SandboxClock => {
  if (!(rate > 0)) throw new RangeError(`clock rate must be above 0, found ${rate}`)
  const timers = new Set<Timer>()
  let ahead = 0
  const now = () => Date.now() + ahead
  const drop = (timer: Timer) => {
    clearTimeout(timer.handle)
    timers.delete(timer)
  }
  const arm = (timer: Timer) => {
    clearTimeout(timer.handle)
    timer.handle = setTimeout(
      () => {
        drop(timer)
        timer.task()
      },
      Math.max(0, timer.due - now()),
    )
    timer.handle.unref()
  }
  const earliest = (): Timer | undefined =>
    [...timers].reduce<Timer | undefined>(
      (first, one) => (first && first.due <= one.due ? first : one),
      undefined,
    )
  return {
    rate,
    now,
    real: (sandboxMs) => sandboxMs / rate,
    after(sandboxMs, task) {
      const timer: Timer = { due: now() + sandboxMs / rate, task, handle: undefined }
      timers.add(timer)
      arm(timer)
      return () => drop(timer)
    },
    cancelAll() {
      for (const timer of timers) drop(timer)
    },
    leapTo(at) {
      for (let next = earliest(); next && next.due <= at; next = earliest()) {
        ahead += Math.max(0, next.due - now())
        drop(next)
        next.task()
      }
      ahead += Math.max(0, at - now())
      for (const timer of timers) arm(timer)
    },
  }
}
