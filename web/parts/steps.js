import { html } from '../html.js'
import { foldSteps } from '../steps-shown.js'
import { StepBadge } from './mark.js'
import { Lasts } from './time.js'

/**
 * @import { LiveRollout } from '../../api/answers.ts'
 * @import { StepView } from '../../rollout/view.ts'
 */

/** The plan's steps, with the titles that every other screen shows. @param {{ rollout: LiveRollout }} props */
export function Steps({ rollout: { steps, progress, execution } }) {
  const done = steps.filter(({ state }) => state === 'Passed' || state === 'Skipped').length
  const { over, shown } = foldSteps(steps, execution === 'running')
  return html`<section class="panel" aria-labelledby="steps">
    <h2 id="steps">Steps <span class="muted">${done} of ${steps.length}</span></h2>
    ${
      over.length > 0
        ? html`<details class="folded">
            <summary>Steps 1 to ${over.length} are done</summary>
            <${StepList} steps=${over} progress=${progress} />
          </details>`
        : null
    }
    <${StepList} steps=${shown} progress=${progress} />
  </section>`
}

/** @param {{ steps: readonly StepView[], progress: LiveRollout['progress'] }} props */
function StepList({ steps, progress }) {
  return html`<ol class="steps">
    ${steps.map(
      (step, index) => html`
        ${
          step.wave !== undefined && step.wave !== steps[index - 1]?.wave
            ? html`<li class="wave" key=${`wave-${step.wave}-${index}`} aria-hidden="true">
                Wave ${step.wave}
              </li>`
            : null
        }
        <${Step} key=${step.id} step=${step} progress=${progress.find((one) => one.step === step.number)} />
      `,
    )}
  </ol>`
}

/** @param {{ step: StepView, progress?: LiveRollout['progress'][number] }} props */
function Step({ step, progress }) {
  const { number, title, state, startedAt, endedAt, message } = step
  const now = state === 'Running' || state === 'Waiting'
  return html`<li
    class=${`step ${now ? 'now' : ''} ${state.toLowerCase()}`}
    aria-current=${now ? 'step' : undefined}
  >
    <span class="step-number">${number}</span>
    <span class="step-text">
      <span class="step-title">${title}</span>
      ${message ? html`<span class="step-message muted">${message}</span>` : null}
      ${
        progress && now
          ? html`<progress
                class="bar"
                max=${Math.max(1, progress.bytesTotal)}
                value=${progress.bytes}
                aria-label=${`Copied of ${title}`}
              />
              <span class="step-message muted"
                >${bytes(progress.bytes)} of ${bytes(progress.bytesTotal)}</span
              >`
          : null
      }
    </span>
    <span class="step-time muted">
      ${startedAt && state !== 'Skipped' ? html`<${Lasts} since=${startedAt} until=${endedAt} />` : ''}
    </span>
    <span class="step-state"><${StepBadge} state=${state} /></span>
  </li>`
}

/** @param {number} value */
function bytes(value) {
  if (value < 1024) return `${value} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length, Math.floor(Math.log2(value) / 10))
  return `${(value / 1024 ** power).toFixed(1)} ${units[power - 1]}`
}
