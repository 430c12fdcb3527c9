import { useEffect, useState } from 'preact/hooks'
import { announce } from '../announce.js'
import { count } from '../format.js'
import { html } from '../html.js'
import { asProblem, ask, newId } from '../request.js'
import { ResultBadge } from './mark.js'
import { ProblemMessage } from './message.js'
import { At } from './time.js'

/**
 * @import { MeAnswer, NotificationsAnswer } from '../../api/answers.ts'
 * @import { Problem } from '../request.js'
 */

const AGAIN_MS = 5_000
const AT_FIRST = 8

/**
 * Who was told what of a rollout, and whether somebody takes care of its trouble.
 * @param {{ id: string, version: number, me: MeAnswer }} props `version`: changes whenever there may be more to tell
 */
export function Notifications({ id, version, me }) {
  const { answer, reload } = useNotifications(id, version)
  const [all, setAll] = useState(false)
  if (!answer?.configured) return null
  const { deliveries, showings, acknowledgements, unacknowledged } = answer
  const latest = deliveries.toReversed()
  return html`<section class="panel" aria-labelledby="notifications">
    <h2 id="notifications">Who was told <span class="muted">${deliveries.length}</span></h2>
    ${unacknowledged ? html`<${Acknowledge} id=${id} me=${me} onDone=${reload} />` : null}
    <ul class="events">
      ${acknowledgements.map(
        ({ by, at, comment }) =>
          html`<li key=${at + by}>
            <span class="event-icon"></span>
            <span class="event-text"
              ><strong>${by}</strong> takes care of it ${comment ? html`<q>${comment}</q>` : null}</span
            >
            <span class="event-time muted"><${At} at=${at} /></span>
          </li>`,
      )}
      ${showings.map(
        ({ channel, ts, lastError }) =>
          html`<li key=${`showing ${channel}`}>
            <span class="event-icon"></span>
            <span class="event-text"
              >message in ${channel}${ts ? '' : ', not posted yet'}
              ${lastError ? html`<span class="small tone-wait tone-text">${lastError}</span>` : null}</span
            >
            <span></span>
          </li>`,
      )}
      ${latest.slice(0, all ? undefined : AT_FIRST).map(
        ({ id: delivery, event, channel, state, since, attempts, lastError }) =>
          html`<li key=${delivery}>
            <span class="event-icon"></span>
            <span class="event-text">
              ${event.replaceAll('-', ' ')}${' → '}${channel}${' '}
              ${
                state === 'pending'
                  ? html`<span class="small tone-wait tone-text"
                      >on its way${attempts ? `, tried ${count(attempts, 'time')}` : ''}</span
                    >`
                  : html`<${ResultBadge} passed=${state === 'delivered'} words=${['delivered', 'gave up']} />`
              }
              ${lastError && state !== 'delivered' ? html`<span class="small muted">${lastError}</span>` : null}
            </span>
            <span class="event-time muted"><${At} at=${since} /></span>
          </li>`,
      )}
    </ul>
    ${
      !all && latest.length > AT_FIRST
        ? html`<button onClick=${() => setAll(true)}>Show all ${latest.length}</button>`
        : null
    }
  </section>`
}

/**
 * Ends the reminders: nobody else is called about this trouble.
 * @param {{ id: string, me: MeAnswer, onDone: () => void }} props
 */
function Acknowledge({ id, me, onDone }) {
  const [sending, setSending] = useState(false)
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined))
  if (!me.mayAcknowledge) return html`<p class="muted">Nobody has said yet that they take care of it.</p>`
  const send = async () => {
    setSending(true)
    setProblem(undefined)
    try {
      const { message } = await ask(`/v1/rollouts/${encodeURIComponent(id)}/acknowledge`, {
        method: 'POST',
        body: JSON.stringify({ decisionId: newId() }),
        headers: { 'content-type': 'application/json' },
      })
      announce(message)
      onDone()
    } catch (error) {
      setProblem(asProblem(error))
    }
    setSending(false)
  }
  return html`<div class="action">
    <button
      class="primary"
      disabled=${sending}
      aria-describedby="does-acknowledge"
      onClick=${() => void send()}
    >
      Acknowledge
    </button>
    <span class="muted small" id="does-acknowledge"
      >Says that you take care of it: nobody is reminded any more. It changes nothing in the rollout.</span
    >
    ${problem ? html`<${ProblemMessage} problem=${problem} />` : null}
  </div>`
}

/**
 * Asked again when something has happened, and while something is on its way. What cannot be read is left out: the rollout
 * itself says that nobody answers.
 * @param {string} id
 * @param {number} version
 */
function useNotifications(id, version) {
  const [answer, setAnswer] = useState(/** @type {NotificationsAnswer | undefined} */ (undefined))
  const [round, setRound] = useState(0)
  const waiting = answer?.unacknowledged || answer?.deliveries.some(({ state }) => state === 'pending')
  useEffect(() => {
    const leaving = new AbortController()
    ask(`/v1/rollouts/${encodeURIComponent(id)}/notifications`, { signal: leaving.signal }).then(
      (found) => setAnswer(/** @type {NotificationsAnswer} */ (found)),
      () => {},
    )
    return () => leaving.abort()
  }, [id, version, round])
  useEffect(() => {
    if (!waiting) return
    const timer = setInterval(() => setRound((before) => before + 1), AGAIN_MS)
    return () => clearInterval(timer)
  }, [waiting])
  return { answer, reload: () => setRound((before) => before + 1) }
}
