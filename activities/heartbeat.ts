import { Context } from '@temporalio/activity'

const OFTEN_MS = 4_000

/** Heartbeats while `work` runs, each time with what `progress` says then: for the next attempt and for Temporal's UI. */
export async function heartbeating<T>(progress: () => unknown, work: () => Promise<T>): Promise<T> {
  const context = Context.current()
  const beat = () => context.heartbeat(progress())
  beat()
  const timer = setInterval(beat, OFTEN_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    // What was reached last must be what the next attempt starts from.
    beat()
  }
}
