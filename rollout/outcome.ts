import type { Outcome, Phase } from './phases.ts'

/**
 * From what outranks everything to what only stands when nothing else happened. Where production may be mixed comes
 * first, then what a person or another rollout decided, then what the rollout did by itself.
 */
const precedence: readonly Outcome[] = [
  'NeedsHuman',
  'Conflict',
  'Partial',
  'Superseded',
  'Aborted',
  'Rejected',
  'RolledBack',
  'Failed',
  'Succeeded',
]

/** The outcome of the whole from those of its parts; nothing at all went well. */
export function combineOutcomes(outcomes: readonly Outcome[]): Outcome {
  return precedence.find((outcome) => outcomes.includes(outcome)) ?? 'Succeeded'
}

/** Exit codes of the command line. */
export const exitCodes = { fine: 0, failed: 1, undone: 2, timedOut: 3, needsHuman: 4, usage: 64 } as const

const codeOf: Readonly<Record<Outcome, number>> = {
  Succeeded: exitCodes.fine,
  Failed: exitCodes.failed,
  RolledBack: exitCodes.undone,
  Aborted: exitCodes.undone,
  Rejected: exitCodes.undone,
  Superseded: exitCodes.undone,
  Partial: exitCodes.needsHuman,
  Conflict: exitCodes.needsHuman,
  NeedsHuman: exitCodes.needsHuman,
}

export function exitCodeOf(outcome: Outcome): number {
  return codeOf[outcome]
}

/** The exit code with which a watcher may stop looking, or null while there is more to come. Promoted counts as done. */
export function exitCodeWhenDone(view: { readonly phase: Phase; readonly outcome?: Outcome }): number | null {
  if (view.outcome !== undefined) return exitCodeOf(view.outcome)
  if (view.phase === 'Promoted') return exitCodes.fine
  if (view.phase === 'NeedsHuman' || view.phase === 'Held') return exitCodes.needsHuman
  return null
}

/** What an outcome means for production, in a sentence; of an undo that succeeded see `undoneMeaning`. */
export const outcomeMeaning: Readonly<Record<Outcome, string>> = {
  Succeeded: 'the new model serves every target',
  RolledBack: 'production is as it was: every target was put back',
  Rejected: 'production is as it was: a person said no, or nobody answered in time',
  Aborted: 'production is as it was: a person stopped the rollout',
  Superseded: 'production is as it was: another rollout took over',
  Partial: 'finished waves serve the new model, the others were put back',
  Conflict: 'somebody else changed an endpoint; it was left as it is and the other targets were put back',
  Failed: 'no production endpoint was touched, and what was created is removed',
  NeedsHuman: 'production may be mixed: a person must look',
}

/** What it means that a rollout which takes back another one has succeeded. */
export const undoneMeaning = 'every target is back on its previous config'

/** What the outcome of a rollout means for production; `undoes`: the rollout that it takes back, if it is an undo. */
export function meaningOf(outcome: Outcome, undoes: string | undefined): string {
  return outcome === 'Succeeded' && undoes !== undefined ? undoneMeaning : outcomeMeaning[outcome]
}
