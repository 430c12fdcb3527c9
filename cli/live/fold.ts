import type { StepState } from '../../rollout/phases.ts'
import type { StepView } from '../../rollout/view.ts'

/** One line of the step tree: a step, or several that were put together. */
export type Row =
  { readonly kind: 'step'; readonly step: StepView } | { readonly kind: 'folded'; readonly text: string }

const shown: readonly StepState[] = ['Running', 'Waiting', 'Failed']

/**
 * As many rows as there is room for. What runs, waits or failed always stands there by itself; of what is over the oldest
 * is folded first, of what is ahead the farthest.
 */
export function foldSteps(steps: readonly StepView[], room?: number): readonly Row[] {
  if (room === undefined || steps.length <= room) return steps.map((step) => ({ kind: 'step', step }))
  const over = steps.findLastIndex((step) => step.state !== 'Pending') + 1
  const keep = new Set(steps.filter((step) => shown.includes(step.state)))
  const near = [...steps.slice(0, over).toReversed(), ...steps.slice(over)].toSorted(
    (a, b) => distance(a, over) - distance(b, over),
  )
  // Two rows tell what was folded before and after.
  for (const step of near) if (keep.size < Math.max(1, room - 2)) keep.add(step)
  return join(steps, keep)
}

function distance({ number }: StepView, over: number): number {
  return Math.abs(number - over)
}

function join(steps: readonly StepView[], keep: ReadonlySet<StepView>): readonly Row[] {
  const rows: Row[] = []
  let folded: StepView[] = []
  const flush = (): void => {
    if (folded.length > 0) rows.push({ kind: 'folded', text: describe(folded) })
    folded = []
  }
  for (const step of steps) {
    if (!keep.has(step)) folded.push(step)
    else {
      flush()
      rows.push({ kind: 'step', step })
    }
  }
  flush()
  return rows
}

/** `4 steps passed, 1 skipped` */
function describe(steps: readonly StepView[]): string {
  const counts = new Map<StepState, number>()
  for (const { state } of steps) counts.set(state, (counts.get(state) ?? 0) + 1)
  const [first, ...rest] = [...counts].map(([state, count]) => ({
    count,
    word: state === 'Pending' ? 'to come' : state.toLowerCase(),
  }))
  if (!first) return ''
  const noun = steps.length === 1 ? 'step' : 'steps'
  return [`${first.count} ${noun} ${first.word}`, ...rest.map(({ count, word }) => `${count} ${word}`)].join(
    ', ',
  )
}
