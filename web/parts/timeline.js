import { useState } from 'preact/hooks'
import { html } from '../html.js'
import { Icon } from './mark.js'
import { At } from './time.js'

/**
 * @import { TimelineEntry } from '../../rollout/view.ts'
 * @import { Shape } from './mark.js'
 */

/** @type {Readonly<Record<TimelineEntry['kind'], Shape>>} */
const icons = {
  phase: 'half',
  step: 'check',
  target: 'eye',
  decision: 'person',
  verdict: 'alert',
  gate: 'person',
  note: 'dash',
}
const AT_FIRST = 15

/** @param {TimelineEntry['kind']} kind @param {string} text @returns {Shape} */
const iconOf = (kind, text) => (kind === 'verdict' && text.startsWith('Pass') ? 'check' : icons[kind])

/** Everything that happened, the latest first. @param {{ entries: readonly TimelineEntry[] }} props */
export function Timeline({ entries }) {
  const [all, setAll] = useState(false)
  if (entries.length === 0) return null
  const shown = all ? entries : entries.slice(-AT_FIRST)
  return html`<section class="panel" aria-labelledby="timeline">
    <h2 id="timeline">Timeline <span class="muted">${entries.length}</span></h2>
    <ol class="events" reversed>
      ${shown.toReversed().map(
        ({ seq, at, kind, text }) =>
          html`<li key=${seq}>
            <span class="event-icon" title=${kind}><${Icon} shape=${iconOf(kind, text)} /></span>
            <span class="event-text">${text}</span>
            <span class="event-time muted"><${At} at=${at} /></span>
          </li>`,
      )}
    </ol>
    ${
      entries.length > shown.length
        ? html`<button onClick=${() => setAll(true)}>Show all ${entries.length}</button>`
        : null
    }
  </section>`
}
