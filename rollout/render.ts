import type { StepState } from './phases.ts'
import type { RolloutView, StepView, TargetView } from './view.ts'

const stepMarks: Readonly<Record<StepState, string>> = {
  Pending: '○',
  Running: '▶',
  Waiting: '⏳',
  Passed: '✅',
  Failed: '❌',
  Skipped: '⏭',
  Reverted: '↩',
}

/** One cell of a markdown table: pipes and line breaks would end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*[\r\n]+\s*/g, ' ')

const clock = (iso: string | undefined): string => (iso ? `${iso.slice(0, 10)} ${iso.slice(11, 19)}` : '')

const stepRow = (step: StepView): string =>
  `| ${step.number} | ${cell(step.title)} | ${stepMarks[step.state]} ${step.state}${
    step.message ? `: ${cell(step.message)}` : ''
  } | ${clock(step.startedAt)} | ${clock(step.endedAt)} |`

const targetRow = (target: TargetView): string =>
  `| ${cell(target.key)} | ${target.wave} | ${target.state}: ${cell(target.message)} | ${target.asked} % | ${target.actual} % |`

/** `fraud-scorer v38 · Baking · wave 1: bake 15 min at 10 % (until 12:15:00Z)`: one line for lists and the memo. */
export function summaryLine(
  view: Pick<RolloutView, 'title' | 'phase' | 'message' | 'outcome' | 'reason' | 'deadline'>,
): string {
  const where = view.outcome ?? view.phase
  const what = (view.outcome && view.reason) || view.message
  const until = view.deadline && !view.outcome ? ` (until ${view.deadline.slice(11, 19)}Z)` : ''
  return `${view.title} · ${where} · ${what}${until}`.replaceAll(/\s+/g, ' ')
}

/** The state of a rollout in markdown, for Temporal's current details. */
export function renderDetails(view: RolloutView): string {
  const lines = [
    `## ${view.title}: ${view.outcome ?? view.phase}`,
    '',
    `${view.message} (since ${clock(view.since)} UTC)`,
    ...(view.reason ? ['', view.reason] : []),
    ...(view.gate
      ? ['', `**Waits for ${view.gate.required} approval(s)** at \`${view.gate.id}\`: ${view.gate.why}`]
      : []),
    ...(view.instructions.length > 0 ? ['', '```', ...view.instructions, '```'] : []),
    '',
    ...renderSteps(view.steps),
    ...(view.targets.length > 0
      ? ['', '| Target | Wave | State | Asked | Actual |', '| --- | --- | --- | --- | --- |']
      : []),
    ...view.targets.map(targetRow),
  ]
  return lines.join('\n')
}

/** The step table alone, as lines of markdown. */
export function renderSteps(steps: readonly StepView[]): readonly string[] {
  return [
    '| # | Step | State | Started (UTC) | Ended |',
    '| --- | --- | --- | --- | --- |',
    ...steps.map(stepRow),
  ]
}
