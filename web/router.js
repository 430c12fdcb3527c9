import { useEffect, useState } from 'preact/hooks'

/** @typedef {{ readonly path: string, readonly query: URLSearchParams }} Place */

/** @type {Set<() => void>} */
const listeners = new Set()

/** @returns {Place} */
function here() {
  return { path: location.pathname, query: new URLSearchParams(location.search) }
}

/**
 * Shows another view.
 * @param {string} to path with its query
 * @param {{ replace?: boolean }} [how] `replace`: the way back does not lead here
 */
export function go(to, { replace = false } = {}) {
  if (replace) history.replaceState(null, '', to)
  else {
    history.pushState(null, '', to)
    scrollTo(0, 0)
  }
  for (const listener of listeners) listener()
}

/** Where the page is. Links inside the page are followed without loading it anew. */
export function usePlace() {
  const [place, setPlace] = useState(here)
  useEffect(() => {
    const update = () => setPlace(here())
    listeners.add(update)
    addEventListener('popstate', update)
    document.addEventListener('click', followInside)
    return () => {
      listeners.delete(update)
      removeEventListener('popstate', update)
      document.removeEventListener('click', followInside)
    }
  }, [])
  return place
}

/** @param {MouseEvent} event */
function followInside(event) {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link || link.target || link.origin !== location.origin || link.hash) return
  if (/^\/(v1|openapi|metrics)/.test(link.pathname)) return
  event.preventDefault()
  go(link.pathname + link.search)
}
