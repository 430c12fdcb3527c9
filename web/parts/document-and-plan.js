import { useState } from 'preact/hooks'
import { useAnswer } from '../hooks.js'
import { html } from '../html.js'
import { Loading, ProblemMessage } from './message.js'
import { PlanDetails } from './plan.js'

/** @import { PlanAnswer } from '../../api/answers.ts' */

/** What the rollout was given and what it runs, read when somebody opens it. @param {{ id: string }} props */
export function DocumentAndPlan({ id }) {
  const [open, setOpen] = useState(false)
  const { data, problem } = useAnswer(open ? `/v1/rollouts/${encodeURIComponent(id)}/plan` : undefined)
  const answer = /** @type {PlanAnswer | undefined} */ (data)
  return html`<details
    class="panel"
    onToggle=${(/** @type {Event} */ event) => setOpen(/** @type {HTMLDetailsElement} */ (event.target).open)}
  >
    <summary><h2>Document and plan</h2></summary>
    ${open && !answer && !problem ? html`<${Loading} />` : null}
    ${problem ? html`<${ProblemMessage} problem=${problem} />` : null}
    ${answer?.plan ? html`<${PlanDetails} plan=${answer.plan} />` : null}
    ${
      answer
        ? html`<h3>Document, with its defaults filled in</h3>
            <pre class="document" tabindex="0" aria-label="Document">
${JSON.stringify(answer.document, null, 2)}</pre>`
        : null
    }
  </details>`
}
