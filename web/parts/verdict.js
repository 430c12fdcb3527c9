import { quantity } from '../format.js'
import { html } from '../html.js'
import { Icon } from './mark.js'
import { At } from './time.js'

/** @import { Datapoint, Verdict } from '../../rollout/view.ts' */
/** @typedef {Extract<Verdict['cause'], { kind: 'alarm' }>} AlarmCause */

/** @type {Readonly<Record<Verdict['result'], string>>} */
const titles = {
  Pass: 'Why it passed',
  Fail: 'Why it failed',
  Inconclusive: 'Why it could not be judged',
  Error: 'Why nothing could be seen',
}

/**
 * What decided, with the numbers.
 * @param {{ verdict?: Verdict, said?: string }} props `said`: what stands on the page already
 */
export function VerdictSection({ verdict, said }) {
  if (!verdict) return null
  const { result, target, at, message, cause } = verdict
  const [account = '', region = '', endpoint = ''] = target.split('/')
  return html`<section
    class=${`panel verdict edge-${result === 'Fail' ? 'bad' : 'wait'}`}
    aria-labelledby="verdict"
  >
    <h2 id="verdict"><${Icon} shape=${result === 'Pass' ? 'check' : 'alert'} />${titles[result]}</h2>
    ${message === said ? null : html`<p class="lead">${message}</p>`}
    <p class="muted">
      on <a href=${`/endpoints/${target}`}>${endpoint || target} in ${region || account}</a>, judged at${' '}
      <${At} at=${at} />
    </p>
    ${cause.kind === 'alarm' ? html`<${AlarmEvidence} cause=${cause} />` : null}
    ${
      cause.kind === 'traffic'
        ? html`<p>
            The candidate served <strong>${cause.invocations}</strong> of${' '}
            <strong>${cause.minimum}</strong> requests.
          </p>`
        : null
    }
  </section>`
}

/** @param {{ cause: AlarmCause }} props */
function AlarmEvidence({ cause }) {
  const { alarm, metric, value, threshold, comparison = '>', since, datapoints = [], unit = '' } = cause
  const show = (/** @type {number} */ number) => quantity(number, unit)
  return html`
    <dl class="facts">
      <div>
        <dt>Alarm</dt>
        <dd>${alarm}</dd>
      </div>
      ${
        metric
          ? html`<div>
              <dt>Metric</dt>
              <dd>${metric}</dd>
            </div>`
          : null
      }
      ${
        value === undefined
          ? null
          : html`<div>
              <dt>Measured</dt>
              <dd class="tone-bad tone-text">${show(value)}</dd>
            </div>`
      }
      ${
        threshold === undefined
          ? null
          : html`<div>
              <dt>Alarms at</dt>
              <dd>${comparison} ${show(threshold)}</dd>
            </div>`
      }
      ${
        since
          ? html`<div>
              <dt>In alarm since</dt>
              <dd><${At} at=${since} /></dd>
            </div>`
          : null
      }
    </dl>
    ${
      datapoints.length > 0 && threshold !== undefined
        ? html`<${EvidenceChart}
            points=${datapoints}
            threshold=${threshold}
            comparison=${comparison}
            show=${show}
            since=${since}
          />`
        : null
    }
  `
}

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [560, 170, 64, 26]

/**
 * @param {{ points: readonly Datapoint[], threshold: number, comparison: string, show: (value: number) => string, since?: string }} props
 */
function EvidenceChart({ points, threshold, comparison, show, since }) {
  const top = Math.max(threshold, ...points.map(({ value }) => value)) * 1.2 || 1
  const times = [...points.map(({ at }) => Date.parse(at)), ...(since ? [Date.parse(since)] : [])]
  const [begin, end] = [Math.min(...times), Math.max(...times)]
  const x = (/** @type {number} */ at) =>
    end === begin ? (LEFT + WIDTH) / 2 : LEFT + 14 + ((at - begin) / (end - begin)) * (WIDTH - LEFT - 28)
  const y = (/** @type {number} */ value) => 8 + (1 - Math.max(0, value) / top) * (HEIGHT - BOTTOM - 8)
  const breaches = (/** @type {number} */ value) =>
    ({ '>': value > threshold, '≥': value >= threshold, '<': value < threshold, '≤': value <= threshold })[
      comparison
    ] ?? false
  const line = points.map(
    ({ at, value }, index) =>
      `${index === 0 ? 'M' : 'L'}${x(Date.parse(at)).toFixed(1)} ${y(value).toFixed(1)}`,
  )
  const clock = (/** @type {string} */ at) => new Date(at).toLocaleTimeString('en-GB')
  const count = points.filter(({ value }) => breaches(value)).length
  const text = `${count} of ${points.length} measured values breach ${comparison} ${show(threshold)}; the last is ${show(points.at(-1)?.value ?? 0)}`
  return html`<figure class="evidence">
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${text}>
      <path class="grid" d=${`M${LEFT} ${y(0)}H${WIDTH}`} />
      <path class="threshold" d=${`M${LEFT} ${y(threshold)}H${WIDTH}`} />
      <text x=${LEFT - 6} y=${y(threshold) + 4} text-anchor="end" class="threshold-text">
        ${show(threshold)}
      </text>
      <text x=${LEFT - 6} y=${y(0) + 4} text-anchor="end">0</text>
      ${
        since
          ? html`<path class="since" d=${`M${x(Date.parse(since))} 8V${HEIGHT - BOTTOM}`} />
              <text x=${x(Date.parse(since)) - 5} y="18" text-anchor="end">alarm</text>`
          : null
      }
      <path class="line" d=${line.join('')} />
      ${points.map(
        ({ at, value }) =>
          html`<circle
            key=${at}
            class=${breaches(value) ? 'breach' : 'fine'}
            cx=${x(Date.parse(at))}
            cy=${y(value)}
            r="4.5"
            ><title>${clock(at)}: ${show(value)}</title></circle
          >`,
      )}
      <text x=${LEFT} y=${HEIGHT - 6}>${clock(new Date(begin).toISOString())}</text>
      <text x=${WIDTH - 4} y=${HEIGHT - 6} text-anchor="end">${clock(new Date(end).toISOString())}</text>
    </svg>
    <figcaption class="muted small">${text}.</figcaption>
  </figure>`
}
