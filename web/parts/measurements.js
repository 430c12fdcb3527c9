import { quantity } from '../format.js'
import { html } from '../html.js'
import { ResultBadge } from './mark.js'

/** @import { LiveRollout } from '../../api/answers.ts' */

/** What tests and bakes measured. @param {{ rollout: LiveRollout }} props */
export function Measurements({ rollout: { measurements, steps } }) {
  if (measurements.length === 0) return null
  const titles = new Map(steps.map(({ number, title }) => [number, title]))
  const numbers = [...new Set(measurements.map(({ step }) => step))]
  return html`<section class="panel" aria-labelledby="measurements">
    <h2 id="measurements">Measured</h2>
    ${numbers.map(
      (number) =>
        html`<div
          class="scroll"
          key=${number}
          tabindex="0"
          role="group"
          aria-label=${`Measured in step ${number}`}
        >
          <table>
            <caption>
              ${number}. ${titles.get(number) ?? ''}
            </caption>
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">Where</th>
                <th scope="col" class="number">Value</th>
                <th scope="col" class="number">Allowed</th>
                <th scope="col">Result</th>
              </tr>
            </thead>
            <tbody>
              ${measurements
                .filter(({ step }) => step === number)
                .map(
                  ({ name, target, value, unit, limit, passed, samples }, index) =>
                    html`<tr key=${index}>
                      <th scope="row">
                        ${name}${samples === undefined ? '' : html` <span class="muted">(${samples} samples)</span>`}
                      </th>
                      <td>${target?.split('/')[1] ?? ''}</td>
                      <td class="number">${quantity(value, unit)}</td>
                      <td class="number">${limit === undefined ? '' : quantity(limit, unit)}</td>
                      <td><${ResultBadge} passed=${passed} /></td>
                    </tr>`,
                )}
            </tbody>
          </table>
        </div>`,
    )}
  </section>`
}
