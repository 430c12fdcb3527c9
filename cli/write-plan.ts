import type { Finding, Plan } from '../rollout/plan/types.ts'
import type { Colors } from './terminal.ts'

/** A plan for people: steps, what will be made, what it costs, and the findings last, where they are seen. */
export function writePlan(plan: Plan, colors: Colors): readonly string[] {
  return [
    colors.bold(plan.title),
    ...plan.steps.map(({ number, title }) => `${String(number).padStart(4)}  ${title}`),
    ...section(
      'Differences from what serves now',
      plan.targets.flatMap(({ key, differences }) =>
        differences.map((difference) => `${key}: ${difference}`),
      ),
    ),
    ...section(
      'Will be created',
      plan.resources.map(({ type, name, place }) => `${type} ${name} in ${place}`),
    ),
    ...section(
      'At the peak',
      plan.peaks.map(
        ({ target, instances, instanceType, lasts }) =>
          `${target}: ${instances} × ${instanceType} for ${lasts}`,
      ),
    ),
    ...section('Notes', plan.notes),
    ...writeFindings(plan.findings, colors),
  ]

  function section(title: string, lines: readonly string[]): readonly string[] {
    return lines.length === 0 ? [] : ['', colors.bold(title), ...lines.map((line) => `  ${line}`)]
  }
}

/** Each finding with its place and its cure, errors first. */
export function writeFindings(findings: readonly Finding[], colors: Colors): readonly string[] {
  if (findings.length === 0) return ['', colors.green('Nothing speaks against it.')]
  const sorted = findings.toSorted((a, b) => rank(a) - rank(b))
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return [
    '',
    colors.bold(`${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}`),
    ...sorted.flatMap((finding) => {
      const paint = finding.severity === 'error' ? colors.red : colors.yellow
      const place = [finding.path, finding.target].filter(Boolean).join(', ')
      return [
        paint(`  ${finding.severity === 'error' ? '✗' : '!'} ${place ? `${place}: ` : ''}${finding.message}`),
        colors.dim(`    ${finding.cure} (${finding.code})`),
      ]
    }),
  ]
}

function rank({ severity }: Finding): number {
  return severity === 'error' ? 0 : 1
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
