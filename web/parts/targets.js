import { html } from '../html.js'
import { Alarms } from './alarms.js'
import { TargetBadge } from './mark.js'
import { Age } from './time.js'
import { WeightChart } from './weight-chart.js'

/**
 * @import { LiveRollout, RolloutForCaller } from '../../api/answers.ts'
 * @import { TargetView } from '../../rollout/view.ts'
 * @typedef {Extract<RolloutForCaller, LiveRollout>} Live
 */

/** Where the traffic is: asked for, and what AWS says. @param {{ rollout: Live }} props */
export function Targets({ rollout }) {
  const { targets } = rollout
  if (targets.length === 0) return null
  const waves = [...new Set(targets.map(({ wave }) => wave))].toSorted((a, b) => a - b)
  return html`<section aria-labelledby="targets">
    <h2 id="targets" class="section-title">Targets</h2>
    ${waves.map(
      (wave) =>
        html`<div key=${wave} class="wave-targets">
          ${waves.length > 1 ? html`<h3 class="wave-title">Wave ${wave}</h3>` : null}
          <ul class="cards">
            ${targets
              .filter((target) => target.wave === wave)
              .map(
                (target) =>
                  html`<${Target}
                    key=${target.key}
                    target=${target}
                    rollout=${rollout}
                    heading=${waves.length > 1 ? 'h4' : 'h3'}
                  />`,
              )}
          </ul>
        </div>`,
    )}
  </section>`
}

/** @param {{ target: TargetView, rollout: Live, heading: 'h3' | 'h4' }} props */
function Target({ target, rollout, heading }) {
  const {
    key,
    account,
    accountId,
    region,
    endpoint,
    state,
    message,
    stable,
    candidate,
    asked,
    actual,
    since,
    weights,
  } = target
  return html`<li class="card target" data-target=${key}>
    <div class="card-head">
      <${heading}><a href=${`/endpoints/${key}`}>${region}</a><//>
      <span class="card-state"
        ><${TargetBadge} state=${state} /> <span class="muted small"><${Age} since=${since} /></span
      ></span>
    </div>
    <p class="muted small">${endpoint} in ${account} (${accountId})</p>
    ${message ? html`<p class="small">${message}</p>` : null}
    ${
      weights.length > 0
        ? html`<${Traffic} asked=${asked} actual=${actual} stable=${stable} candidate=${candidate} />`
        : null
    }
    <${WeightChart} changes=${weights} from=${rollout.startedAt} until=${rollout.endedAt} label=${region} />
    <${Alarms} rollout=${rollout} target=${key} />
  </li>`
}

/** @param {Pick<TargetView, 'asked' | 'actual' | 'stable' | 'candidate'>} props */
function Traffic({ asked, actual, stable, candidate }) {
  const differs = asked !== actual
  return html`<div class="traffic">
    <div class="traffic-names">
      <span
        ><span class="swatch candidate" aria-hidden="true"></span>candidate <code>${candidate}</code></span
      >
      <strong class="traffic-now" data-actual=${actual} data-asked=${asked}>${actual} %</strong>
    </div>
    <progress class="bar traffic-bar" max="100" value=${actual} aria-label="Traffic on the candidate">
      ${actual} %
    </progress>
    <div class="traffic-names muted">
      <span><span class="swatch stable" aria-hidden="true"></span>stable <code>${stable}</code></span>
      <span>${100 - actual} %</span>
    </div>
    ${differs ? html`<p class="small tone-wait tone-text">Asked for ${asked} %, AWS says ${actual} %.</p>` : null}
  </div>`
}
