/** Tells screen readers what has changed. One region for the whole page: many of them would talk over each other. */

/** @type {((text: string) => void) | undefined} */
let tell

/** @param {((text: string) => void) | undefined} listener the region that is on the page */
export function setAnnouncer(listener) {
  tell = listener
}

/** @param {string} text */
export function announce(text) {
  tell?.(text)
}
