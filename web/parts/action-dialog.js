import { useEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../announce.js'
import { html } from '../html.js'
import { asProblem, ask, newId } from '../request.js'
import { go } from '../router.js'
import { verbPaths } from '../words.js'
import { Icon } from './mark.js'

/**
 * @import { RolloutForCaller, Started, VerbAnswer } from '../../api/answers.ts'
 * @import { AllowedVerb } from '../../rollout/allowed.ts'
 * @import { Problem } from '../request.js'
 */

/** How often a decision whose outcome is unknown is sent again by itself. */
const MOST_REPEATS = 5
const REPEAT_MS = 2_000

/**
 * Says what will happen, asks why, and sends one decision: however often it is sent, it has one id.
 * @param {{ rollout: RolloutForCaller, action: AllowedVerb, label: string, onClose: () => void }} props
 */
export function ActionDialog({ rollout, action, label, onClose }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null))
  const decisionId = useRef(newId())
  /** The gate that was open when the person made up their mind: a later one is another question. */
  const gate = useRef(rollout.stale ? undefined : rollout.gate?.id)
  const [comment, setComment] = useState('')
  const [sending, setSending] = useState(false)
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined))
  const [answer, setAnswer] = useState('')

  useEffect(() => {
    const { current } = dialog
    current?.showModal()
    return () => current?.close()
  }, [])

  const stillPossible =
    rollout.allowed.some(({ verb }) => verb === action.verb) &&
    (gate.current === undefined || rollout.stale || rollout.gate?.id === gate.current)

  const send = async (repeats = 0) => {
    setSending(true)
    setProblem(undefined)
    try {
      const taken = await decide(rollout.id, action.verb, {
        decisionId: decisionId.current,
        ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
        ...(gate.current !== undefined && (action.verb === 'approve' || action.verb === 'reject')
          ? { gate: gate.current }
          : {}),
      })
      if ('id' in taken) {
        announce('The rollout that undoes it has started.')
        onClose()
        return go(`/rollouts/${taken.id}`)
      }
      const text = taken.result === 'already-decided' ? `Decided already: ${taken.message}` : taken.message
      announce(text)
      setAnswer(text)
      if (taken.result === 'accepted') onClose()
    } catch (error) {
      const found = asProblem(error)
      setProblem(found)
      if (mayRepeat(found) && repeats < MOST_REPEATS && dialog.current?.open) {
        setTimeout(() => dialog.current?.open && void send(repeats + 1), REPEAT_MS)
        return
      }
    }
    setSending(false)
  }

  const over = problem !== undefined && !mayRepeat(problem)
  const title = `${label} ${rollout.stale ? rollout.id : rollout.title}?`
  return html`<dialog ref=${dialog} class="dialog" aria-labelledby="dialog-title" onClose=${onClose}>
    <form
      class="stack"
      onSubmit=${(/** @type {SubmitEvent} */ event) => {
        event.preventDefault()
        void send()
      }}
    >
      <h2 id="dialog-title">${title}</h2>
      <p>${action.does}</p>
      <label for="comment">${action.needsComment ? 'Why' : 'Comment (optional)'}</label>
      <textarea
        id="comment"
        rows="3"
        maxlength="2000"
        required=${action.needsComment}
        value=${comment}
        disabled=${sending}
        onInput=${(/** @type {InputEvent} */ event) =>
          setComment(/** @type {HTMLTextAreaElement} */ (event.target).value)}
      ></textarea>
      <p class="muted small">It is kept with your name and the time.</p>
      ${problem ? html`<${Refusal} problem=${problem} repeating=${sending} />` : null}
      ${answer ? html`<p role="status">${answer}</p>` : null}
      ${
        stillPossible || sending || problem
          ? null
          : html`<p class="tone-wait tone-text" role="status">
              <${Icon} shape="alert" /> The rollout has moved on meanwhile: ${rollout.message}
            </p>`
      }
      <div class="dialog-end">
        <button type="button" onClick=${onClose}>${over || !stillPossible ? 'Close' : 'Cancel'}</button>
        <button
          type="submit"
          class=${action.undoes ? 'danger filled' : 'primary'}
          disabled=${sending || over || (!stillPossible && !problem)}
        >
          ${sending ? 'Sending…' : problem ? 'Send again' : label}
        </button>
      </div>
    </form>
  </dialog>`
}

/** @param {{ problem: Problem, repeating: boolean }} props */
function Refusal({ problem, repeating }) {
  const unknown = mayRepeat(problem)
  const left = problem.members.left === true
  return html`<div class=${`message tone-${unknown ? 'wait' : 'bad'}`} role="alert">
    <p class="message-title"><${Icon} shape=${unknown ? 'clock' : 'alert'} />${problem.title}</p>
    <p>${problem.detail}</p>
    <p class="muted">
      ${
        left
          ? 'You may close this: the decision does not get lost.'
          : unknown
            ? repeating
              ? 'Sending the same decision again: it counts once.'
              : 'Send it again when you like: it counts once.'
            : problem.type === 'refused' || problem.type === 'already-ended'
              ? 'Nothing was changed by you.'
              : problem.cure
      }
    </p>
    ${
      Array.isArray(problem.members.findings)
        ? html`<ul class="plain-list">
            ${problem.members.findings.map((/** @type {{ message: string }} */ { message }) => html`<li key=${message}>${message}</li>`)}
          </ul>`
        : null
    }
  </div>`
}

/**
 * Whether the same decision may be sent again: it was perhaps not heard.
 * @param {Problem} problem
 */
function mayRepeat({ status, type }) {
  return type === 'outcome-unknown' || type === 'unreachable' || status >= 500 || status === 429
}

/**
 * @param {string} id
 * @param {AllowedVerb['verb']} verb
 * @param {object} body
 * @returns {Promise<VerbAnswer | Started>}
 */
function decide(id, verb, body) {
  return ask(`/v1/rollouts/${encodeURIComponent(id)}/${verbPaths[verb]}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
}
