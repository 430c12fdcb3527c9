import { html } from '../html.js'
import { Icon } from './mark.js'

/** @import { Problem } from '../request.js' */

/**
 * What the server refused, with its own cure.
 * @param {{ problem: Problem, children?: unknown, brief?: boolean }} props `brief`: the children say the details
 */
export function ProblemMessage({ problem, children, brief = false }) {
  return html`<div class="message tone-bad" role="alert">
    <p class="message-title"><${Icon} shape="alert" />${problem.title}</p>
    ${brief ? null : html`<p>${problem.detail}</p>`}
    <p class="muted">${problem.cure}</p>
    ${children}
  </div>`
}

/** @param {{ text?: string }} props */
export function Loading({ text = 'Loading…' }) {
  return html`<p class="loading muted" role="status">${text}</p>`
}
