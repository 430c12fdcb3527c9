import { html } from '../html.js'
import { SeverityBadge } from './mark.js'

/** @import { Finding, Plan } from '../../rollout/plan/types.ts' */

/** What speaks against a plan, errors first. @param {{ findings: readonly Finding[] }} props */
export function FindingList({ findings }) {
  if (findings.length === 0) return html`<p class="tone-good tone-text">Nothing speaks against it.</p>`
  const rank = (/** @type {Finding} */ { severity }) => (severity === 'error' ? 0 : 1)
  return html`<ul class="findings">
    ${findings
      .toSorted((a, b) => rank(a) - rank(b))
      .map(
        ({ severity, code, path, target, message, cure }, index) =>
          html`<li key=${index}>
            <${SeverityBadge} severity=${severity} />
            <span>
              ${path || target ? html`<code>${[path, target].filter(Boolean).join(', ')}</code> ` : ''}${message}
              <span class="muted"> ${cure} (${code})</span>
            </span>
          </li>`,
      )}
  </ul>`
}

/** The steps of a plan before any of them has begun. @param {{ plan: Plan }} props */
export function PlannedSteps({ plan }) {
  return html`<ol class="planned">
    ${plan.steps.map(({ number, id, title }) => html`<li key=${id}><span class="step-number">${number}</span>${title}</li>`)}
  </ol>`
}

/** What a plan changes, makes and costs. @param {{ plan: Plan }} props */
export function PlanDetails({ plan }) {
  const differences = plan.targets.flatMap(({ key, differences: some }) =>
    some.map((text) => ({ key, text })),
  )
  return html`
    ${
      differences.length > 0
        ? html`<h3>Differences from what serves now</h3>
            <ul class="plain-list">
              ${differences.map(({ key, text }, index) => html`<li key=${index}><code>${key}</code> ${text}</li>`)}
            </ul>`
        : null
    }
    ${
      plan.peaks.length > 0
        ? html`<h3>At the peak</h3>
            <ul class="plain-list">
              ${plan.peaks.map(
                ({ target, instances, instanceType, lasts }) =>
                  html`<li key=${target}>
                    <code>${target}</code> ${instances} × ${instanceType} for ${lasts}
                  </li>`,
              )}
            </ul>`
        : null
    }
    ${
      plan.resources.length > 0
        ? html`<h3>Will be created</h3>
            <ul class="plain-list">
              ${plan.resources.map(
                ({ type, name, place }, index) =>
                  html`<li key=${index}>${type} <code>${name}</code> in ${place}</li>`,
              )}
            </ul>`
        : null
    }
    ${
      plan.notes.length > 0
        ? html`<h3>Notes</h3>
            <ul class="plain-list">
              ${plan.notes.map((note, index) => html`<li key=${index}>${note}</li>`)}
            </ul>`
        : null
    }
  `
}
