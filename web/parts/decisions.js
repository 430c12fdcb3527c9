import { html } from '../html.js'
import { verbPast } from '../words.js'
import { labels } from './actions.js'
import { Icon } from './mark.js'
import { At } from './time.js'

/** @import { Decision } from '../../rollout/view.ts' */

/** Who decided, when and why. @param {{ decisions: readonly Decision[] }} props */
export function Decisions({ decisions }) {
  if (decisions.length === 0) return null
  return html`<section class="panel" aria-labelledby="decisions">
    <h2 id="decisions">Who decided</h2>
    <ol class="events">
      ${decisions.toReversed().map(
        ({ id, verb, by, at, comment, gate, verified, result }) =>
          html`<li key=${id + verb}>
            <span class="event-icon"><${Icon} shape="person" /></span>
            <span class="event-text">
              <strong>${by}</strong>${' '}
              ${did(verb, result)}${gate ? html` <span class="muted">at ${gate}</span>` : ''}
              ${comment ? html`<q>${comment}</q>` : null}
              <span class="muted small"
                >${result}${verified ? '' : ' · unverified: it did not come through the API'}</span
              >
            </span>
            <span class="event-time muted"><${At} at=${at} /></span>
          </li>`,
      )}
    </ol>
  </section>`
}

/** What came too late, or from somebody who may not, is kept, too. @param {Decision['verb']} verb @param {string} result */
function did(verb, result) {
  return result.startsWith('refused: ') ? `tried to ${labels[verb].toLowerCase()}` : verbPast[verb]
}
