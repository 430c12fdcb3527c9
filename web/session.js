/** Who uses this page. The token lives as long as the tab and is sent to this server only. */

const KEY = 'sluice-token'

/** @type {Set<() => void>} */
const listeners = new Set()

/** @returns {string | undefined} */
export function token() {
  return sessionStorage.getItem(KEY) ?? undefined
}

/**
 * @param {string | undefined} value the new token; undefined signs out
 */
export function setToken(value) {
  if (value === undefined) sessionStorage.removeItem(KEY)
  else sessionStorage.setItem(KEY, value)
  for (const listener of [...listeners]) listener()
}

/** The server did not accept the credential: whoever shows the page asks for another one. */
export function refused() {
  for (const listener of [...listeners]) listener()
}

/**
 * @param {() => void} listener told whenever it may be somebody else who uses the page
 * @returns {() => void} how to stop
 */
export function onChange(listener) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
