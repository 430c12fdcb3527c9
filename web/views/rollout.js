import { packageName } from '../format.js'
import { useHeading, useTitle } from '../hooks.js'
import { html } from '../html.js'
import { Actions } from '../parts/actions.js'
import { ConnectionNote } from '../parts/connection.js'
import { Decisions } from '../parts/decisions.js'
import { DocumentAndPlan } from '../parts/document-and-plan.js'
import { Icon, RolloutBadge, words } from '../parts/mark.js'
import { Measurements } from '../parts/measurements.js'
import { Loading, ProblemMessage } from '../parts/message.js'
import { Notifications } from '../parts/notifications.js'
import { Steps } from '../parts/steps.js'
import { Targets } from '../parts/targets.js'
import { Age, At, Countdown } from '../parts/time.js'
import { Timeline } from '../parts/timeline.js'
import { VerdictSection } from '../parts/verdict.js'
import { useRollout } from '../use-rollout.js'
import { outcomeMeaning, undoneMeaning } from '../words.js'

/**
 * @import { LiveRollout, MeAnswer, RolloutForCaller, StaleRollout } from '../../api/answers.ts'
 * @import { Outcome } from '../../rollout/phases.ts'
 * @typedef {Extract<RolloutForCaller, LiveRollout>} Live
 */

/** @param {{ id: string, me: MeAnswer }} props */
export function RolloutView({ id, me }) {
  const { rollout, connection, worker } = useRollout(id)
  const title = rollout ? titleOf(rollout) : id
  useTitle(rollout ? `${words(rollout.outcome ?? rollout.phase)} · ${title}` : title)
  const heading = useHeading()

  if (connection?.kind === 'refused' && !rollout) {
    return html`<h1 ref=${heading} tabindex="-1">${id}</h1>
      <${ProblemMessage} problem=${connection.problem} />
      <p><a href="/">All rollouts</a></p>`
  }
  return html`
    <nav class="crumbs" aria-label="Breadcrumb">
      <a href="/">Rollouts</a> <span aria-hidden="true">/</span> ${id}
    </nav>
    <div class="view-head">
      <h1 ref=${heading} tabindex="-1">${title}</h1>
      ${rollout ? html`<span class="big"><${RolloutBadge} rollout=${rollout} /></span>` : null}
    </div>
    <${ConnectionNote}
      connection=${connection}
      worker=${worker ?? (rollout?.stale ? rollout.staleBecause : undefined)}
    />
    ${rollout ? html`<${Head} rollout=${rollout} />` : html`<${Loading} />`}
    ${rollout ? html`<${Actions} rollout=${rollout} />` : null}
    ${rollout && !rollout.stale ? html`<${Body} rollout=${rollout} me=${me} />` : null}
    ${rollout?.stale ? html`<${StaleTargets} rollout=${rollout} />` : null}
  `
}

/** What it does or waits for, since when and until when. @param {{ rollout: RolloutForCaller }} props */
function Head({ rollout }) {
  const { phase, outcome, startedBy, startedAt, endedAt, links } = rollout
  const { since, deadline, reason } = rollout.stale
    ? { since: undefined, deadline: undefined, reason: undefined }
    : rollout
  const related = relatedOf(rollout)
  return html`
    <p class="lead">${outcome && reason ? reason : rollout.message}</p>
    ${outcome ? html`<p class="meaning">${sentence(meaningOf(rollout, outcome))}</p>` : null}
    ${
      deadline && since && !outcome
        ? html`<${Countdown}
            from=${waitBegan(rollout) ?? since}
            until=${deadline}
            label=${waitsFor[phase] ?? 'until this ends by itself'}
          />`
        : null
    }
    <dl class="facts">
      ${
        since && !outcome
          ? html`<div>
              <dt>${words(phase)} for</dt>
              <dd><${Age} since=${since} every=${1_000} /></dd>
            </div>`
          : null
      }
      <div>
        <dt>Started</dt>
        <dd><${At} at=${startedAt} /> by ${startedBy}</dd>
      </div>
      ${
        endedAt
          ? html`<div>
              <dt>Ended</dt>
              <dd><${At} at=${endedAt} /></dd>
            </div>`
          : null
      }
      <div>
        <dt>Model package</dt>
        <dd title=${rollout.package}>${packageName(rollout.package)}</dd>
      </div>
      ${related.map(
        ([word, other]) =>
          html`<div key=${word}>
            <dt>${word}</dt>
            <dd><a href=${`/rollouts/${other}`}>${other}</a></dd>
          </div>`,
      )}
      ${
        links.temporal
          ? html`<div>
              <dt>Workflow</dt>
              <dd>
                <a href=${links.temporal} target="_blank" rel="noreferrer"
                  >Temporal’s web UI <${Icon} shape="out" /><span class="visually-hidden">
                    (opens a new tab)</span
                  ></a
                >
              </dd>
            </div>`
          : null
      }
    </dl>
  `
}

/**
 * The step that waits began before what it waits for was said the last time.
 * @param {RolloutForCaller} rollout
 */
function waitBegan(rollout) {
  if (rollout.stale) return undefined
  return rollout.steps.find(({ state }) => state === 'Running' || state === 'Waiting')?.startedAt
}

/** @type {Readonly<Record<string, string>>} */
const waitsFor = {
  Baking: 'of the bake',
  AwaitingApproval: 'to decide; then it counts as no',
  AwaitingDecision: 'to decide; then it counts as no',
  Promoted: 'in which undo is instant; then it commits',
}

/** @param {{ rollout: Live, me: MeAnswer }} props */
function Body({ rollout, me }) {
  return html`
    <${Instructions} rollout=${rollout} />
    <${Trouble} rollout=${rollout} />
    <${VerdictSection} verdict=${rollout.verdict} said=${rollout.reason} />
    <${Targets} rollout=${rollout} />
    <div class="columns">
      <div class="column"><${Steps} rollout=${rollout} /></div>
      <div class="column">
        <${Decisions} decisions=${rollout.decisions} />
        <${Notifications} id=${rollout.id} version=${rollout.timeline.length} me=${me} />
        <${Measurements} rollout=${rollout} />
        <${Timeline} entries=${rollout.timeline} />
      </div>
    </div>
    <${Findings} findings=${rollout.findings} kept=${rollout.kept} />
    <${DocumentAndPlan} id=${rollout.id} />
  `
}

/** @param {{ rollout: Live }} props */
function Instructions({ rollout: { instructions } }) {
  if (instructions.length === 0) return null
  return html`<section class="panel edge-bad" aria-labelledby="instructions">
    <h2 id="instructions"><${Icon} shape="alert" />A person must look</h2>
    <p>Run these, then press Retry:</p>
    <pre class="commands" tabindex="0" aria-label="Commands to run">${instructions.join('\n')}</pre>
    <button onClick=${() => void navigator.clipboard?.writeText(instructions.join('\n'))}>
      Copy the commands
    </button>
  </section>`
}

/** What is being tried again. @param {{ rollout: Live }} props */
function Trouble({ rollout: { retrying } }) {
  if (retrying.length === 0) return null
  return html`<ul class="notes">
    ${retrying.map(
      (one, index) =>
        html`<li class="note tone-wait" key=${index}>
          <${Icon} shape="clock" />Trying again (${one.attempt}): ${one.activity}: ${one.failure}
        </li>`,
    )}
  </ul>`
}

/** @param {Pick<Live, 'findings' | 'kept'>} props */
function Findings({ findings, kept }) {
  if (findings.length === 0 && kept.length === 0) return null
  return html`<div class="columns">
    ${
      findings.length > 0
        ? html`<section class="panel" aria-labelledby="findings">
            <h2 id="findings">Findings of the plan</h2>
            <ul class="plain-list">
              ${findings.map(
                (finding) =>
                  html`<li key=${finding.code + (finding.path ?? '')}>
                    ${finding.message} <span class="muted">${finding.cure}</span>
                  </li>`,
              )}
            </ul>
          </section>`
        : null
    }
    ${
      kept.length > 0
        ? html`<section class="panel" aria-labelledby="kept">
            <h2 id="kept">Kept and owned by this rollout</h2>
            <ul class="plain-list mono">
              ${kept.map((one) => html`<li key=${one}>${one}</li>`)}
            </ul>
          </section>`
        : null
    }
  </div>`
}

/** @param {{ rollout: StaleRollout }} props */
function StaleTargets({ rollout: { targets } }) {
  if (targets.length === 0) return null
  return html`<section class="panel" aria-labelledby="targets">
    <h2 id="targets">Targets</h2>
    <ul class="plain-list mono">
      ${targets.map((key) => html`<li key=${key}><a href=${`/endpoints/${key}`}>${key}</a></li>`)}
    </ul>
  </section>`
}

/** @param {RolloutForCaller} rollout @param {Outcome} outcome */
function meaningOf(rollout, outcome) {
  const undoes = rollout.stale ? rollout.undoes : rollout.links.undoes
  return outcome === 'Succeeded' && undoes !== undefined ? undoneMeaning : outcomeMeaning[outcome]
}

/** @param {RolloutForCaller} rollout @returns {readonly (readonly [string, string])[]} */
function relatedOf(rollout) {
  if (rollout.stale) return rollout.undoes ? [['Undoes', rollout.undoes]] : []
  const { undoes, undoneBy, supersedes, supersededBy } = rollout.links
  const all = { Undoes: undoes, 'Undone by': undoneBy, Supersedes: supersedes, 'Superseded by': supersededBy }
  return Object.entries(all).flatMap(([word, id]) =>
    id === undefined ? [] : [/** @type {const} */ ([word, id])],
  )
}

/** @param {RolloutForCaller} rollout */
function titleOf(rollout) {
  return rollout.stale ? packageName(rollout.package) || rollout.id : rollout.title
}

/** @param {string} text */
function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
