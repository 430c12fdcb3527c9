import type { Response } from 'express'
import { heartbeat, writeEvent, writeRetry, type ServerSentEvent } from './server-sent.ts'

/** What `setTimeout` can hold; a longer one fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647
const HEARTBEAT_MS = 15_000
/** A client that reads slower than this is cut off; it resumes by its last event id. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024

/** Tells one client. An event named `end` is its last. */
export type Tell = (event: ServerSentEvent) => void

/** Whose stream it is. */
export interface Listener {
  readonly name: string
  /** When the credential ends and the stream with it; milliseconds since the epoch. */
  readonly until?: number | undefined
}

/** The open event streams of a server. */
export interface Streams {
  /** @param subscribe begins to tell, possibly at once, and returns how to stop */
  open(response: Response, listener: Listener, subscribe: (tell: Tell) => () => void): void
  /** How many are open, of one listener or of all. */
  size(name?: string): number
  /** Ends every stream with a hint when to come back. */
  close(): void
}

export function createStreams(): Streams {
  const open = new Map<() => void, string>()
  return {
    open(response, { name, until }, subscribe) {
      response.status(200).set({
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      })
      response.flushHeaders()
      response.write(writeRetry(2_000))
      const beat = setInterval(() => response.write(heartbeat), HEARTBEAT_MS)
      const expiry =
        until === undefined
          ? undefined
          : setTimeout(() => finish(), Math.min(until - Date.now(), LONGEST_TIMER_MS))
      const finish = (): void => {
        clearInterval(beat)
        clearTimeout(expiry)
        leave()
        open.delete(finish)
        response.end()
      }
      const leave = subscribe((event) => {
        response.write(writeEvent(event))
        // It may be told before `subscribe` has returned.
        if (event.event === 'end') setImmediate(finish)
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
