import { createParser } from 'eventsource-parser'
import { authorization, learnClock, readProblem, unreachable } from './request.js'
import { refused } from './session.js'

/** @import { Problem } from './request.js' */

/**
 * How a stream stands. `lost`: it is tried again by itself. `refused`: it is not.
 * @typedef {{ readonly kind: 'live' | 'lost' | 'over' } | { readonly kind: 'refused', readonly problem: Problem }} Connection
 */

const FIRST_PAUSE_MS = 400
const LONGEST_PAUSE_MS = 8_000
/** The server says something every 15 s at least; nothing for so long means that nobody is there any more. */
const SILENCE_MS = 40_000
/** A browser opens six connections to one server: a tab that nobody sees gives its own back. */
const HIDDEN_MS = 20_000

/**
 * Follows an event stream over lost connections and restarted servers until it is stopped. `EventSource` cannot do it: it
 * sends no credential.
 * @param {string} path
 * @param {{ onEvent: (event: string, data: any) => void, onConnection: (connection: Connection) => void }} listener
 * @returns {() => void} how to stop
 */
export function follow(path, { onEvent, onConnection }) {
  const stopped = new AbortController()
  /** @type {string | undefined} */
  let lastEventId

  /** One connection, until it breaks. */
  const connect = async () => {
    const cut = new AbortController()
    const end = () => cut.abort()
    stopped.signal.addEventListener('abort', end)
    let silence = setTimeout(end, SILENCE_MS)
    const unwatch = whenHidden(end)
    try {
      const response = await fetch(path, {
        headers: {
          ...authorization(),
          ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        },
        cache: 'no-store',
        signal: cut.signal,
      })
      learnClock(response)
      if (response.status === 204) return 'over'
      if (response.status === 401) refused()
      if (!response.ok || !response.body) return await readProblem(response)
      onConnection({ kind: 'live' })
      let over = false
      const parser = createParser({
        onEvent({ event = 'message', data, id }) {
          lastEventId = id || lastEventId
          over ||= event === 'end'
          onEvent(event, JSON.parse(data))
        },
      })
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return over ? 'over' : 'broken'
        clearTimeout(silence)
        silence = setTimeout(end, SILENCE_MS)
        parser.feed(value)
        if (over) return 'over'
        pause = FIRST_PAUSE_MS
      }
    } catch {
      return 'broken'
    } finally {
      clearTimeout(silence)
      stopped.signal.removeEventListener('abort', end)
      unwatch()
      cut.abort()
    }
  }

  let pause = FIRST_PAUSE_MS
  const run = async () => {
    while (!stopped.signal.aborted) {
      const how = await connect()
      if (stopped.signal.aborted) return
      if (how === 'over') return onConnection({ kind: 'over' })
      if (how !== 'broken' && !mayRecover(how)) return onConnection({ kind: 'refused', problem: how })
      onConnection({ kind: 'lost' })
      await wait(pause, stopped.signal)
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
  }
  void run()
  return () => stopped.abort()
}

/** @param {Problem} problem a server that is gone may come back; one that refuses will go on to */
function mayRecover({ status }) {
  return status >= 500 || status === 429 || status === unreachable().status
}

/** @param {() => void} leave called when nobody has seen the page for a while */
function whenHidden(leave) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const look = () => {
    clearTimeout(timer)
    if (document.hidden) timer = setTimeout(leave, HIDDEN_MS)
  }
  document.addEventListener('visibilitychange', look)
  look()
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
  }
}

/**
 * Ends early when the network comes back or somebody looks at the page again; does not end while nobody does.
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function wait(milliseconds, signal) {
  return new Promise((resolve) => {
    const done = () => {
      if (document.hidden && !signal.aborted) return
      clearTimeout(timer)
      removeEventListener('online', done)
      document.removeEventListener('visibilitychange', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    // A little chance keeps two hundred pages from coming back in the same moment.
    const timer = setTimeout(done, milliseconds * (0.75 + Math.random() / 2))
    addEventListener('online', done)
    document.addEventListener('visibilitychange', done)
    signal.addEventListener('abort', done)
  })
}
