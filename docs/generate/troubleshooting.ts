import { problems } from '../../api/errors.ts'
import { exitCodeOf, outcomeMeaning } from '../../rollout/outcome.ts'
import { outcomes } from '../../rollout/phases.ts'
import { findingCodes, type FindingKind } from '../../rollout/plan/findings/codes.ts'
import { renderRegions } from './region.ts'

/** The page of messages, with every finding of a plan and every problem of the API. */
export function renderTroubleshooting(): string {
  return renderRegions('docs/troubleshooting.md', {
    outcomes: renderOutcomes(),
    findings: renderFindings(),
    problems: renderProblems(),
  })
}

function renderOutcomes(): string {
  return outcomes
    .map((outcome) => `- **${outcome}** (exit code ${exitCodeOf(outcome)}): ${outcomeMeaning[outcome]}.`)
    .join('\n')
}

function renderFindings(): string {
  const kinds: readonly (readonly [string, FindingKind])[] = Object.entries(findingCodes)
  return kinds
    .map(([code, { says, alsoSays, severity, means, cure }]) =>
      entry(
        code,
        [says, ...(alsoSays === undefined ? [] : [alsoSays])],
        `${means}${severity === 'warning' ? ' A warning: it does not hold the rollout back.' : ''}`,
        cure,
      ),
    )
    .join('\n\n')
}

function renderProblems(): string {
  return Object.entries(problems)
    .map(([name, { status, title, cause, cure }]) => entry(`${status} ${name}`, [title], cause, cure))
    .join('\n\n')
}

/** The heading is what a script sees, the quote what a person reads. */
function entry(heading: string, says: readonly string[], means: string, cure: string): string {
  const quotes = says.map((text) => `> ${text}`).join('\n>\n')
  return [`### ${heading}`, quotes, means, `**Cure:** ${cure}`].join('\n\n')
}
