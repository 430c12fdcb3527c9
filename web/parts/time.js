import { age, duration, moment } from '../format.js'
import { useClock, useNow } from '../hooks.js'
import { html } from '../html.js'

/**
 * How long ago something was: `12 min`. The whole time stands in its title.
 * @param {{ since: string, until?: string, every?: number }} props
 */
export function Age({ since, until, every = 5_000 }) {
  const text = useClock(every, (now) =>
    age((until === undefined ? now : Date.parse(until)) - Date.parse(since)),
  )
  return html`<time datetime=${since} title=${new Date(since).toLocaleString()}>${text}</time>`
}

/**
 * How long something took, or takes so far, by the second.
 * @param {{ since: string, until?: string }} props
 */
export function Lasts({ since, until }) {
  const now = useNow(1_000)
  return html`<span>${duration((until === undefined ? now : Date.parse(until)) - Date.parse(since))}</span>`
}

/** @param {{ at: string }} props */
export function At({ at }) {
  const text = useClock(60_000, (now) => moment(at, now))
  return html`<time datetime=${at} title=${new Date(at).toLocaleString()}>${text}</time>`
}

/**
 * What is left until something happens by itself, as a text and a bar.
 * @param {{ from: string, until: string, label: string }} props
 */
export function Countdown({ from, until, label }) {
  const now = useNow(1_000)
  const [begin, end] = [Date.parse(from), Date.parse(until)]
  const left = end - now
  const part = end > begin ? Math.min(1, Math.max(0, (now - begin) / (end - begin))) : 1
  const text = left > 0 ? `${duration(left)} left` : 'any moment now'
  return html`<div class="countdown">
    <span class="countdown-text"><strong>${text}</strong> <span class="muted">${label}</span></span>
    <progress class="bar" max="1" value=${part} aria-label=${label}>${text}</progress>
  </div>`
}
