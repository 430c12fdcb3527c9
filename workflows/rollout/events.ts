import type { Verdict } from '../../rollout/view.ts'
import type { RolloutRun } from './run.ts'

/** A watch saw something: Fail is acted on at once, anything less certain is put to a person. */
export function onVerdict(run: RolloutRun, key: string, verdict: Verdict): void {
  const { state, control } = run
  state.judged(verdict)
  if (verdict.result === 'Pass') return
  if (verdict.result !== 'Fail') {
    control.inconclusive.push(verdict)
    return
  }
  failTarget(run, key, verdict.message, verdict)
}

/** What a failed target means for the others, as the document says. */
export function failTarget(run: RolloutRun, key: string, reason: string, verdict?: Verdict): void {
  const { control, input } = run
  const wave = run.planned(key).wave ?? 1
  const why = verdict ? { verdict } : {}
  if (input.document.production.onFailure === 'rollback-all') {
    control.interrupt({ outcome: 'RolledBack', reason, ...why })
  } else {
    control.failWave({ wave, reason, ...why })
  }
}

const stuckTargets = (run: RolloutRun): readonly string[] =>
  run.state.targetViews().flatMap((target) => (target.state === 'NeedsHuman' ? [target.key] : []))

/** A compensation or commit does not succeed. It is tried on, and a person is told what to do. */
export function onStuck(
  run: RolloutRun,
  key: string,
  message: string,
  instructions: readonly string[],
): void {
  const { state } = run
  state.instruct([...new Set([...run.state.view().instructions, ...instructions])])
  state.note('note', `${key} needs a person: ${message}`, { target: key })
  state.enter('NeedsHuman', message)
}

export function onUnstuck(run: RolloutRun, key: string): void {
  const { state, control } = run
  state.target(key, { state: control.committed ? 'Committing' : 'Reverting', message: 'it worked at last' })
  if (stuckTargets(run).length > 0 || state.phase !== 'NeedsHuman') return
  state.instruct([])
  state.enter(control.committed ? 'Committing' : 'Reverting', 'the trouble is over')
}

/** A child that was terminated cannot compensate: the others are put back, and a person is asked. */
export function onLost(run: RolloutRun, key: string, why: string): void {
  run.state.target(key, { state: 'NeedsHuman', message: `its workflow was ended from outside: ${why}` })
  run.control.interrupt({
    outcome: 'NeedsHuman',
    reason: `the workflow that held ${key} was ended from outside: ${why}`,
  })
}
