import { useState } from 'preact/hooks'
import { count } from '../format.js'
import { html } from '../html.js'
import { ActionDialog } from './action-dialog.js'
import { At } from './time.js'

/**
 * @import { RolloutForCaller } from '../../api/answers.ts'
 * @import { AllowedVerb } from '../../rollout/allowed.ts'
 */

/** @type {Readonly<Record<AllowedVerb['verb'], string>>} */
export const labels = {
  approve: 'Approve',
  reject: 'Reject',
  pause: 'Pause',
  resume: 'Resume',
  promote: 'Promote',
  promoteFull: 'Promote in full',
  abort: 'Abort',
  retry: 'Retry',
  undo: 'Undo',
}

/** What somebody came for stands first, what stops everything last. */
const order = /** @type {const} */ ([
  'approve',
  'reject',
  'retry',
  'resume',
  'promote',
  'promoteFull',
  'pause',
  'undo',
  'abort',
])

/** The verbs that the server would take from this person now, each with what it will do. @param {{ rollout: RolloutForCaller }} props */
export function Actions({ rollout }) {
  const [chosen, setChosen] = useState(/** @type {AllowedVerb | undefined} */ (undefined))
  const { allowed } = rollout
  const gate = rollout.stale ? undefined : rollout.gate
  const sorted = order.flatMap((verb) => allowed.filter((one) => one.verb === verb))
  if (sorted.length === 0 && !gate && !chosen) return null
  return html`<section class="actions" aria-labelledby="actions">
    <h2 id="actions" class="visually-hidden">What you can do</h2>
    ${gate ? html`<${Gate} gate=${gate} mayDecide=${sorted.some(({ verb }) => verb === 'approve')} />` : null}
    <ul class="action-list">
      ${sorted.map(
        (one) =>
          html`<li class="action" key=${one.verb}>
            <button
              class=${one.verb === 'approve' || one.verb === 'retry' || one.verb === 'resume' ? 'primary' : one.undoes ? 'danger' : ''}
              aria-describedby=${`does-${one.verb}`}
              onClick=${() => setChosen(one)}
            >
              ${labels[one.verb]}
            </button>
            <span class="muted small" id=${`does-${one.verb}`}>${one.does}</span>
          </li>`,
      )}
    </ul>
    ${
      chosen
        ? html`<${ActionDialog}
            rollout=${rollout}
            action=${chosen}
            label=${labels[chosen.verb]}
            onClose=${() => setChosen(undefined)}
          />`
        : null
    }
  </section>`
}

/** @param {{ gate: import('../../rollout/view.ts').GateView, mayDecide: boolean }} props */
function Gate({ gate, mayDecide }) {
  const { title, why, required, from, approvals, openedAt } = gate
  const who = from.map((name) => name.replace(/^role:/, 'any ')).join(', ') || 'nobody: the list is empty'
  const names = approvals.length > 0 ? ` (${approvals.join(', ')})` : ''
  const progress = `${approvals.length} of ${count(required, 'approval')}${names}`
  return html`<div class="gate">
    <p><strong>${title}</strong>: ${why}</p>
    <p class="muted">${progress} · may decide: ${who} · open since <${At} at=${openedAt} /></p>
    ${mayDecide ? null : html`<p class="muted">You cannot approve it, or have already: ask one of those who may.</p>`}
  </div>`
}
