import { useEffect, useState } from 'preact/hooks'
import { packageName } from '../format.js'
import { useHeading, useTitle } from '../hooks.js'
import { html } from '../html.js'
import { ConnectionNote } from '../parts/connection.js'
import { RolloutBadge, words } from '../parts/mark.js'
import { Loading, ProblemMessage } from '../parts/message.js'
import { Age, At } from '../parts/time.js'
import { asProblem, ask } from '../request.js'
import { messageOf, titleOf } from '../rollout-list.js'
import { follow } from '../stream.js'

/**
 * @import { RolloutLine, RolloutPage, TargetAnswer } from '../../api/answers.ts'
 * @import { Connection } from '../stream.js'
 * @import { Problem } from '../request.js'
 */

/** What serves at one endpoint, and what served when. @param {{ target: string }} props */
export function EndpointView({ target }) {
  const [, region = '', endpoint = ''] = target.split('/')
  useTitle(`${endpoint} in ${region}`)
  const heading = useHeading()
  const { answer, rollouts, problem, connection } = useEndpoint(target)
  return html`
    <nav class="crumbs" aria-label="Breadcrumb">
      <a href="/">Rollouts</a> <span aria-hidden="true">/</span> ${target}
    </nav>
    <div class="view-head">
      <h1 ref=${heading} tabindex="-1">${endpoint} <span class="muted">in ${region}</span></h1>
    </div>
    <${ConnectionNote} connection=${connection} />
    ${problem ? html`<${ProblemMessage} problem=${problem} />` : null}
    ${answer ? html`<${Now} answer=${answer} />` : problem ? null : html`<${Loading} />`}
    ${answer ? html`<${Served} answer=${answer} />` : null}
    ${rollouts ? html`<${Rollouts} rollouts=${rollouts} target=${target} />` : null}
  `
}

/** @param {{ answer: TargetAnswer }} props */
function Now({ answer: { serving, current, accountId, stale } }) {
  return html`<div class="columns">
    <section class="panel edge-good" aria-labelledby="serving">
      <h2 id="serving">Serves now</h2>
      ${
        serving
          ? html`<p class="lead"><strong>${packageName(serving.package)}</strong></p>
              <p class="muted">
                since <${At} at=${serving.since} /> (<${Age} since=${serving.since} />), brought by${' '}
                <a href=${`/rollouts/${serving.rollout}`}>${serving.rollout}</a>
              </p>`
          : html`<p>Nothing that a rollout brought, as far as Temporal remembers.</p>
              <p class="muted">
                Account ${accountId}. What serves was there before, or its rollout is forgotten.
              </p>`
      }
      ${stale ? html`<p class="muted">No worker answers: this is what was last written down.</p>` : null}
    </section>
    <section class=${`panel edge-${current ? 'run' : 'idle'}`} aria-labelledby="current">
      <h2 id="current">Works on it now</h2>
      ${
        current
          ? html`<p class="lead">
                <a href=${`/rollouts/${current.rollout}`}>${packageName(current.package)}</a> ·
                ${words(current.phase)}
              </p>
              <p class="muted">${current.message}</p>
              ${
                current.actual === undefined
                  ? null
                  : html`<p>
                      <strong>${current.actual} %</strong> on the
                      candidate${current.asked === current.actual ? '' : `, asked for ${current.asked} %`}
                    </p>`
              }`
          : html`<p class="muted">No rollout.</p>`
      }
    </section>
  </div>`
}

/** What served when, the latest first. @param {{ answer: TargetAnswer }} props */
function Served({ answer: { served } }) {
  if (served.length === 0) return null
  return html`<section class="panel" aria-labelledby="served">
    <h2 id="served">What served when</h2>
    <div class="scroll" tabindex="0" role="group" aria-label="What served when">
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">From</th>
            <th scope="col">Until</th>
            <th scope="col">For</th>
            <th scope="col">Rollout</th>
          </tr>
        </thead>
        <tbody>
          ${served.map(
            ({ package: model, from, until, rollout, undo }) =>
              html`<tr key=${from}>
                <th scope="row">${model === null ? 'what was there before' : packageName(model)}</th>
                <td><${At} at=${from} /></td>
                <td>${until ? html`<${At} at=${until} />` : 'now'}</td>
                <td><${Age} since=${from} until=${until} /></td>
                <td>
                  <a href=${`/rollouts/${rollout}`}>${rollout}</a>
                  ${
                    undo && undo !== rollout
                      ? html`<span class="muted">, back by <a href=${`/rollouts/${undo}`}>${undo}</a></span>`
                      : null
                  }
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`
}

/** @param {{ rollouts: readonly RolloutLine[], target: string }} props */
function Rollouts({ rollouts, target }) {
  return html`<section class="panel" aria-labelledby="attempts">
    <h2 id="attempts">Rollouts <span class="muted">${rollouts.length}</span></h2>
    ${rollouts.length === 0 ? html`<p class="muted">None that Temporal still keeps.</p>` : null}
    <ul class="plain-list attempts">
      ${rollouts.map(
        (line) =>
          html`<li key=${line.id}>
            <${RolloutBadge} rollout=${line} />
            <span
              ><a href=${`/rollouts/${line.id}`}>${titleOf(line)}</a>${' '}
              <span class="muted">${messageOf(line)}</span></span
            >
            <span class="muted"><${At} at=${line.endedAt ?? line.startedAt} /></span>
          </li>`,
      )}
    </ul>
    <p><a href=${`/?target=${encodeURIComponent(target)}`}>Show them in the list</a></p>
  </section>`
}

/** Read anew whenever a rollout of this endpoint changes. @param {string} target */
function useEndpoint(target) {
  const [answer, setAnswer] = useState(/** @type {TargetAnswer | undefined} */ (undefined))
  const [rollouts, setRollouts] = useState(/** @type {readonly RolloutLine[] | undefined} */ (undefined))
  const [problem, setProblem] = useState(/** @type {Problem | undefined} */ (undefined))
  const [connection, setConnection] = useState(/** @type {Connection | undefined} */ (undefined))
  useEffect(() => {
    const leaving = new AbortController()
    const { signal } = leaving
    const load = async () => {
      try {
        const [now, page] = await Promise.all([
          ask(`/v1/targets/${target}`, { signal }),
          ask(`/v1/rollouts?${new URLSearchParams({ target, limit: '50' })}`, { signal }),
        ])
        setAnswer(/** @type {TargetAnswer} */ (now))
        setRollouts(/** @type {RolloutPage} */ (page).rollouts)
        setProblem(undefined)
      } catch (error) {
        if (!signal.aborted) setProblem(asProblem(error))
      }
    }
    void load()
    const stop = follow('/v1/rollouts/events', {
      onConnection: setConnection,
      onEvent(event, data) {
        const concerns = (/** @type {RolloutLine} */ line) =>
          line.targets.length === 0 || line.targets.includes(target)
        if (event === 'changed' && data.rollouts.some(concerns)) void load()
      },
    })
    return () => {
      leaving.abort()
      stop()
    }
  }, [target])
  return { answer, rollouts, problem, connection }
}
