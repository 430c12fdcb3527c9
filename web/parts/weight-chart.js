import { useNow } from '../hooks.js'
import { html } from '../html.js'
import { duration, moment } from '../format.js'

/** @import { WeightChange } from '../../rollout/view.ts' */

/**
 * The candidate's share of traffic over time: what AWS said as an area, what was asked for as a dashed line.
 * @param {{ changes: readonly WeightChange[], from: string, until?: string, label: string }} props
 */
export function WeightChart({ changes, from, until, label }) {
  const now = useNow(5_000)
  const [first, last] = [changes[0], changes.at(-1)]
  if (!first || !last) return html`<p class="muted small chart-none">No traffic has moved yet.</p>`
  // A little of the time before the first change, so that the rise is seen.
  const end = Math.max(until === undefined ? now : Date.parse(until), Date.parse(last.at) + 1)
  const begin = Math.max(Date.parse(from), Date.parse(first.at) - (end - Date.parse(first.at)) * 0.04)
  const x = (/** @type {number} */ at) => (((at - begin) / Math.max(1, end - begin)) * 100).toFixed(2)
  const steps = (/** @type {'asked' | 'actual'} */ which) => {
    const path = [`M0 100`]
    for (const change of changes) path.push(`H${x(Date.parse(change.at))}V${100 - change[which]}`)
    return `${path.join('')}H100`
  }
  return html`<figure class="chart">
    <svg viewBox="0 -2 100 104" preserveAspectRatio="none" role="img" aria-label=${describe(changes, label)}>
      <path class="grid" d="M0 0H100M0 50H100M0 100H100" />
      <path class="area" d=${`${steps('actual')}V100H0Z`} />
      <path class="line" d=${steps('actual')} />
      <path class="asked" d=${steps('asked')} />
    </svg>
    <span class="chart-y" aria-hidden="true"><span>100 %</span><span>50</span><span>0</span></span>
    <figcaption class="muted small">
      <span>${moment(new Date(begin).toISOString(), now)}</span>
      <span class="chart-key"
        ><span class="key-actual"></span>actual <span class="key-asked"></span>asked</span
      >
      <span>${until === undefined ? 'now' : `${duration(end - begin)} later`}</span>
    </figcaption>
  </figure>`
}

/** @param {readonly WeightChange[]} changes @param {string} label */
function describe(changes, label) {
  const told = changes.slice(-6).map(({ at, actual, asked }) => {
    const time = at.slice(11, 19)
    return asked === actual ? `${time} ${actual} %` : `${time} ${actual} % of ${asked} % asked`
  })
  return `Traffic on the candidate in ${label}: ${told.join(', ')} (UTC)`
}
