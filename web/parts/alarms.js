import { quantity } from '../format.js'
import { html } from '../html.js'
import { AlarmBadge, Icon } from './mark.js'
import { Age, At } from './time.js'

/**
 * @import { RolloutForCaller, LiveRollout } from '../../api/answers.ts'
 * @import { AlarmSeen } from '../../rollout/view.ts'
 * @typedef {Extract<RolloutForCaller, LiveRollout>} Live
 */

/** Of those that are fine so many are shown at once. */
const FINE = 3

/**
 * The alarms over one target: as the watch sees them now, or as they were when they were judged.
 * @param {{ rollout: Pick<Live, 'alarms' | 'verdict'>, target: string }} props
 */
export function Alarms({ rollout: { alarms: watched, verdict }, target }) {
  const now = watched.find((one) => one.target === target)
  const judged = verdict?.target === target ? verdict : undefined
  const alarms = now?.alarms ?? judged?.alarms ?? []
  if (alarms.length === 0 && !now?.blind) return null
  const notable = alarms.filter(({ state }) => state !== 'OK')
  const fine = alarms.filter(({ state }) => state === 'OK')
  const folded = fine.length > FINE ? fine : []
  const shown = folded.length > 0 ? notable : alarms
  return html`<div class="alarms">
    <p class="small muted">
      Alarms${now || !judged ? '' : html`, as they were judged at <${At} at=${judged.at} />`}
    </p>
    ${
      now?.blind
        ? html`<p class="small tone-wait tone-text">
            <${Icon} shape="alert" />They cannot be read for <${Age} since=${now.blind.since} />:${' '}
            ${now.blind.error}
          </p>`
        : null
    }
    ${shown.length > 0 ? html`<${List} alarms=${shown} />` : null}
    ${
      folded.length > 0
        ? html`<details class="small">
            <summary>${folded.length} are OK</summary>
            <${List} alarms=${folded} />
          </details>`
        : null
    }
  </div>`
}

/** @param {{ alarms: readonly AlarmSeen[] }} props */
function List({ alarms }) {
  return html`<ul class="alarm-list">
    ${alarms.map(
      (alarm) =>
        html`<li key=${alarm.name} data-alarm=${alarm.name}>
          <span class="alarm-name">${alarm.name}</span>
          <${AlarmBadge} state=${alarm.state} />
          <span class="alarm-numbers muted small">
            ${against(alarm)}${alarm.since ? html`for <${Age} since=${alarm.since} />` : null}${whose(alarm)}
          </span>
        </li>`,
    )}
  </ul>`
}

/** `0.31 > 0.05 · `; of one that is not red `0.01, alarms at > 0.05 · `. @param {AlarmSeen} alarm */
function against({ state, value, threshold, comparison = '>', unit: given }) {
  if (threshold === undefined) return ''
  const unit = given ?? ''
  const limit = `${comparison} ${quantity(threshold, unit)}`
  if (value === undefined) return `alarms at ${limit} · `
  return `${quantity(value, unit)}${state === 'ALARM' ? ' ' : ', alarms at '}${limit} · `
}

/** @param {AlarmSeen} alarm */
function whose({ owner, copyOf }) {
  if (owner === 'team') return ' · your own'
  return copyOf === undefined ? ' · for this rollout only' : ` · copy of ${copyOf} for this rollout`
}
