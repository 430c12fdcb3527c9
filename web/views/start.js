import { useRef, useState } from 'preact/hooks'
import { announce } from '../announce.js'
import { count } from '../format.js'
import { useHeading, useTitle } from '../hooks.js'
import { html } from '../html.js'
import { ProblemMessage } from '../parts/message.js'
import { FindingList, PlanDetails, PlannedSteps } from '../parts/plan.js'
import { asProblem, ask, newId } from '../request.js'
import { go } from '../router.js'

/**
 * @import { MeAnswer, Started } from '../../api/answers.ts'
 * @import { Plan } from '../../rollout/plan/types.ts'
 * @import { Problem } from '../request.js'
 *
 * A plan of exactly this text. The key goes with it: however often its start is sent, it is one rollout.
 * @typedef {{ readonly text: string, readonly key: string, readonly plan: Plan }} Planned
 */

/**
 * A document, then its plan, then the start.
 * @param {{ me: MeAnswer }} props
 */
export function StartView({ me }) {
  useTitle('Start a rollout')
  const heading = useHeading()
  const result = useRef(/** @type {HTMLHeadingElement | null} */ (null))
  const [text, setText] = useState('')
  const [planned, setPlanned] = useState(/** @type {Planned | undefined} */ (undefined))
  const [doing, setDoing] = useState(/** @type {'planning' | 'starting' | undefined} */ (undefined))
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined))
  const current = planned?.text === text ? planned : undefined
  const errors = current?.plan.findings.filter(({ severity }) => severity === 'error').length ?? 0

  const plan = async () => {
    setDoing('planning')
    setProblem(undefined)
    try {
      const made = /** @type {Plan} */ (await send('/v1/plans', text))
      setPlanned({ text, key: newId(), plan: made })
      announce('The plan is there.')
      setTimeout(() => result.current?.focus())
    } catch (error) {
      setProblem(asProblem(error))
    }
    setDoing(undefined)
  }

  const start = async () => {
    if (!current) return
    setDoing('starting')
    setProblem(undefined)
    try {
      const started = /** @type {Started} */ (
        await send('/v1/rollouts', text, { 'idempotency-key': current.key })
      )
      go(`/rollouts/${started.id}`)
    } catch (error) {
      setProblem(asProblem(error))
      setDoing(undefined)
    }
  }

  if (!me.mayStart) {
    return html`<h1 ref=${heading} tabindex="-1">Start a rollout</h1>
      <p>${me.name} may look, but not start rollouts: that needs the role operator or approver.</p>`
  }
  return html`
    <h1 ref=${heading} tabindex="-1">Start a rollout</h1>
    <form
      class="stack"
      onSubmit=${(/** @type {SubmitEvent} */ event) => {
        event.preventDefault()
        void plan()
      }}
    >
      <label for="document">Rollout document, YAML or JSON</label>
      <textarea
        id="document"
        class="document-input"
        spellcheck="false"
        autocomplete="off"
        required
        placeholder=${'apiVersion: sluice/v1\nkind: Rollout\nname: fraud-scorer\n…'}
        value=${text}
        onInput=${(/** @type {InputEvent} */ event) =>
          setText(/** @type {HTMLTextAreaElement} */ (event.target).value)}
      ></textarea>
      <div class="button-row">
        <button
          type="submit"
          class=${current ? '' : 'primary'}
          disabled=${doing !== undefined || text.trim() === ''}
        >
          ${doing === 'planning' ? 'Planning…' : 'Plan'}
        </button>
        <label class="button file">
          Open a file
          <input
            type="file"
            class="visually-hidden"
            accept=".yaml,.yml,.json"
            onChange=${async (/** @type {Event} */ event) => {
              const file = /** @type {HTMLInputElement} */ (event.target).files?.[0]
              if (file) setText(await file.text())
            }}
          />
        </label>
        <span class="muted small">Planning reads AWS and changes nothing.</span>
      </div>
    </form>
    ${problem ? html`<${Refusal} problem=${problem} />` : null}
    ${
      planned
        ? html`<section class="panel" aria-labelledby="plan">
            <h2 id="plan" ref=${result} tabindex="-1">
              Plan of ${planned.plan.title}
              <span class="muted">${count(planned.plan.steps.length, 'step')}</span>
            </h2>
            ${
              current
                ? null
                : html`<p class="note tone-wait" role="status">
                    The document has changed since: plan it again.
                  </p>`
            }
            <${FindingList} findings=${planned.plan.findings} />
            <${Cost} plan=${planned.plan} />
            <div class="button-row start-row">
              <button
                class="primary"
                disabled=${!current || errors > 0 || doing !== undefined}
                onClick=${() => void start()}
              >
                ${doing === 'starting' ? 'Starting…' : 'Start'}
              </button>
              <span class="muted small">
                ${
                  errors > 0
                    ? `${count(errors, 'error')} must be repaired first.`
                    : 'Runs exactly these steps. They are planned once more before the first of them.'
                }
              </span>
            </div>
            <div class="columns">
              <div>
                <h3>Steps</h3>
                <${PlannedSteps} plan=${planned.plan} />
              </div>
              <div><${PlanDetails} plan=${planned.plan} /></div>
            </div>
          </section>`
        : null
    }
  `
}

/**
 * What both fleets together cost at the peak, in a line.
 * @param {{ plan: Plan }} props
 */
function Cost({ plan: { peaks, targets } }) {
  if (peaks.length === 0) return null
  const all = peaks.reduce((sum, { instances }) => sum + instances, 0)
  const kinds = [...new Set(peaks.map(({ instanceType }) => instanceType))].join(', ')
  const [first] = peaks
  const lasts = first ? `: ${first.lasts} in ${first.target.split('/')[1] ?? first.target}` : ''
  const line = ` (${kinds}) on ${count(targets.length, 'target')} while both models run${lasts}.`
  return html`<p class="cost"><strong>At the peak ${count(all, 'instance')}</strong>${line}</p>`
}

/** @param {{ problem: Problem }} props */
function Refusal({ problem }) {
  const { problems, findings } = problem.members
  const wrong = /** @type {readonly { path?: string, line?: number, message: string }[]} */ (
    Array.isArray(problems) ? problems : []
  )
  return html`<${ProblemMessage} problem=${problem} brief=${wrong.length > 0}>
    ${
      wrong.length > 0
        ? html`<ul class="plain-list">
            ${wrong.map(
              ({ line, message }, index) =>
                html`<li key=${index}>
                  ${line === undefined ? '' : html`<strong>line ${line}</strong> `}${message}
                </li>`,
            )}
          </ul>`
        : null
    }
    ${Array.isArray(findings) ? html`<${FindingList} findings=${findings} />` : null}
  <//>`
}

/**
 * @param {string} path
 * @param {string} text
 * @param {Record<string, string>} [headers]
 * @returns {Promise<unknown>}
 */
function send(path, text, headers = {}) {
  return ask(path, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/yaml', ...headers },
  })
}
