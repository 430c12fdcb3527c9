import { html } from '../html.js'
import { Icon } from './mark.js'

/** @import { Connection } from '../stream.js' */

/**
 * Says whether what the page shows is what is so now.
 * @param {{ connection?: Connection, worker?: string }} props `worker`: why the server knows less than usual
 */
export function ConnectionNote({ connection, worker }) {
  if (connection?.kind === 'lost') {
    return html`<p class="note tone-wait" role="status">
      <${Icon} shape="clock" />Connection lost, trying again. What you see may be old; rollouts go on.
    </p>`
  }
  if (connection?.kind === 'refused') {
    return html`<p class="note tone-bad" role="status">
      <${Icon} shape="alert" />Not live: ${connection.problem.detail} ${connection.problem.cure}
    </p>`
  }
  if (worker) {
    return html`<p class="note tone-wait" role="status"><${Icon} shape="clock" />${worker}</p>`
  }
  return null
}
