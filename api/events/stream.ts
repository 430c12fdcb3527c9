import type { Response } from 'express'
import { createFollower } from './follow.ts'
import { heartbeat, writeEvent, writeRetry } from './server-sent.ts'
import type { Watchers } from './watcher.ts'

/** What `setTimeout` can hold; a longer one fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647
const HEARTBEAT_MS = 15_000
/** A client that reads slower than this is cut off; it resumes by its last event id. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024

/** Whose stream it is. */
export interface Listener {
  readonly name: string
  /** When the credential ends and the stream with it; milliseconds since the epoch. */
  readonly until?: number | undefined
}

/** The open event streams of a server. */
export interface Streams {
  open(response: Response, rolloutId: string, after: number, listener: Listener): void
  /** How many are open, of one listener or of all. */
  size(name?: string): number
  /** Ends every stream with a hint when to come back. */
  close(): void
}

export function createStreams(watchers: Watchers): Streams {
  const open = new Map<() => void, string>()
  return {
    open(response, rolloutId, after, { name, until }) {
      response.status(200).set({
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      })
      response.flushHeaders()
      response.write(writeRetry(2_000))
      const follower = createFollower(after)
      const beat = setInterval(() => response.write(heartbeat), HEARTBEAT_MS)
      const expiry =
        until === undefined
          ? undefined
          : setTimeout(() => finish(), Math.min(until - Date.now(), LONGEST_TIMER_MS))
      const finish = (): void => {
        clearInterval(beat)
        clearTimeout(expiry)
        unwatch()
        open.delete(finish)
        response.end()
      }
      const unwatch = watchers.watch(rolloutId, (notice) => {
        for (const event of follower.take(notice)) {
          response.write(writeEvent(event))
          // The watcher may tell of the end before `watch` has returned.
          if (event.event === 'end') setImmediate(finish)
        }
        if (response.writableLength > MOST_UNREAD_BYTES) response.destroy()
      })
      open.set(finish, name)
      response.on('close', finish)
    },
    size: (name) =>
      name === undefined ? open.size : [...open.values()].filter((owner) => owner === name).length,
    close() {
      for (const finish of [...open.keys()]) finish()
    },
  }
}
