import type { Outcome, Phase, StepState } from '../../rollout/phases.ts'
import type { TargetState } from '../../rollout/view.ts'
import type { Colors } from '../terminal.ts'

export type Paint = (text: string) => string

interface Mark {
  readonly icon: string
  readonly paint: (colors: Colors) => Paint
}

const mark = (icon: string, color: 'dim' | 'cyan' | 'yellow' | 'green' | 'red' | 'magenta'): Mark => ({
  icon,
  paint: (colors) => colors[color],
})

const steps: Readonly<Record<StepState, Mark>> = {
  Pending: mark('○', 'dim'),
  Running: mark('◐', 'cyan'),
  Waiting: mark('◷', 'yellow'),
  Passed: mark('✓', 'green'),
  Failed: mark('✗', 'red'),
  Skipped: mark('–', 'dim'),
  Reverted: mark('↶', 'magenta'),
}

const targets: Readonly<Record<TargetState, Mark>> = {
  Pending: mark('○', 'dim'),
  Locked: mark('○', 'dim'),
  Preparing: mark('◐', 'cyan'),
  Prepared: mark('◐', 'cyan'),
  Shifting: mark('◐', 'cyan'),
  Watched: mark('◉', 'cyan'),
  Committing: mark('◐', 'cyan'),
  Committed: mark('✓', 'green'),
  Reverting: mark('↶', 'magenta'),
  Reverted: mark('↶', 'magenta'),
  Conflict: mark('✗', 'red'),
  NeedsHuman: mark('✗', 'red'),
}

const outcomes: Readonly<Record<Outcome, Mark>> = {
  Succeeded: mark('✓', 'green'),
  RolledBack: mark('↶', 'magenta'),
  Rejected: mark('↶', 'magenta'),
  Aborted: mark('↶', 'magenta'),
  Superseded: mark('↶', 'magenta'),
  Partial: mark('✗', 'yellow'),
  Conflict: mark('✗', 'red'),
  Failed: mark('✗', 'red'),
  NeedsHuman: mark('✗', 'red'),
}

const attention: readonly Phase[] = ['AwaitingApproval', 'AwaitingDecision', 'Paused', 'Held']

export const stepMark = (state: StepState): Mark => steps[state]
export const targetMark = (state: TargetState): Mark => targets[state]

/** How a rollout as a whole stands. */
export function rolloutMark({ phase, outcome }: { readonly phase: Phase; readonly outcome?: Outcome }): Mark {
  if (outcome) return outcomes[outcome]
  if (phase === 'NeedsHuman') return mark('✗', 'red')
  if (phase === 'Reverting') return mark('↶', 'magenta')
  if (phase === 'Promoted') return mark('✓', 'green')
  return attention.includes(phase) ? mark('◷', 'yellow') : mark('◐', 'cyan')
}
