import { useEffect, useRef, useState } from 'preact/hooks'
import { asProblem, ask, serverNow } from './request.js'

/** @import { Problem } from './request.js' */

/** @type {Map<number, { listeners: Set<() => void>, timer: ReturnType<typeof setInterval> }>} */
const clocks = new Map()

/**
 * The server's time, again and again. All that tick at the same pace share one timer.
 * @param {number} every milliseconds
 * @returns {number} milliseconds since the epoch
 */
export function useNow(every) {
  return useClock(every, (now) => now)
}

/**
 * What is made of the server's time. Who shows it is drawn again only when it comes out otherwise: of a thousand ages few
 * change in a moment.
 * @template {string | number} T
 * @param {number} every milliseconds
 * @param {(now: number) => T} make
 * @returns {T}
 */
export function useClock(every, make) {
  const latest = useRef(make)
  latest.current = make
  const [, setMade] = useState(() => make(serverNow()))
  useEffect(() => {
    const tick = () => setMade(latest.current(serverNow()))
    const clock = clocks.get(every) ?? startClock(every)
    clock.listeners.add(tick)
    return () => {
      clock.listeners.delete(tick)
      if (clock.listeners.size > 0) return
      clearInterval(clock.timer)
      clocks.delete(every)
    }
  }, [every])
  return make(serverNow())
}

/** @param {number} every */
function startClock(every) {
  /** @type {Set<() => void>} */
  const listeners = new Set()
  const timer = setInterval(() => {
    for (const listener of [...listeners]) listener()
  }, every)
  const clock = { listeners, timer }
  clocks.set(every, clock)
  return clock
}

/**
 * What the API says at a path, asked once for each path.
 * @template T
 * @param {string | undefined} path undefined: not asked yet
 * @returns {{ data?: T, problem?: Problem, reload: () => void }}
 */
export function useAnswer(path) {
  const [state, setState] = useState(/** @type {{ path?: string, data?: T, problem?: Problem }} */ ({}))
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (path === undefined) return
    const leaving = new AbortController()
    ask(path, { signal: leaving.signal }).then(
      (data) => setState({ path, data: /** @type {T} */ (data) }),
      (error) => leaving.signal.aborted || setState({ path, problem: asProblem(error) }),
    )
    return () => leaving.abort()
  }, [path, round])
  const { path: of, ...known } = state
  return { ...(of === path ? known : {}), reload: () => setRound((before) => before + 1) }
}

/**
 * The title of the tab, and where a view begins for who hears it: its heading is focused when the view is another one.
 * @param {string} title
 */
export function useTitle(title) {
  useEffect(() => {
    document.title = title === '' ? 'Sluice' : `${title} · Sluice`
  }, [title])
}

/** @returns {import('preact').RefObject<HTMLHeadingElement | null>} for the heading of a view */
export function useHeading() {
  const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null))
  useEffect(() => {
    // The first view keeps the browser's own order; after a link inside the page somebody must be told that it changed.
    if (moved) heading.current?.focus({ preventScroll: true })
    moved = true
  }, [])
  return heading
}

let moved = false
