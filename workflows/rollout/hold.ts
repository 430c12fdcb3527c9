import { orderOne } from './orders.ts'
import { commitTargets } from './commit.ts'
import type { WaveFailure } from './control.ts'
import { halt } from './control.ts'
import type { RolloutRun } from './run.ts'

/**
 * A wave failed and the document says not to roll everything back. `rollback-wave` takes the traffic of that wave away,
 * `hold` moves nothing; then a person decides: `retry`, `abort` (which interrupts) or `promoteFull`.
 */
export async function hold(run: RolloutRun, failure: WaveFailure): Promise<void> {
  const { control, state, input } = run
  const targets = run.plan.targets
    .filter((target) => target.wave === failure.wave)
    .map((target) => target.key)
  control.waveFailure = undefined
  for (const step of state.stepStates()) {
    if (step.wave === failure.wave && step.kind !== 'prepare' && step.state === 'Passed')
      state.mark(step.id, 'Failed', failure.reason)
  }
  if (input.document.production.onFailure === 'rollback-wave') {
    state.enter('Reverting', `wave ${failure.wave} is put back: ${failure.reason}`)
    await control.step(async () => {
      const held = targets.filter((key) => run.fleet.holds(key))
      await Promise.all(held.map((key) => orderOne(run, key, { kind: 'withdraw', why: failure.reason })))
    })
  }
  control.heldDecision = undefined
  state.enter('Held', `wave ${failure.wave} failed: ${failure.reason}. Say retry, abort or promoteFull`)
  await control.step(() => control.until(() => control.heldDecision !== undefined, undefined, 'held'))
  if (control.heldDecision === 'retry') return repeat(run, failure.wave)
  return keepFinished(run, failure)
}

function repeat(run: RolloutRun, wave: number): void {
  for (const step of run.state.stepStates()) {
    if (step.wave === wave && step.kind !== 'prepare') run.state.mark(step.id, 'Pending')
  }
}

/** Reverts unfinished waves and commits finished ones. */
async function keepFinished(run: RolloutRun, failure: WaveFailure): Promise<void> {
  const { control, state, fleet } = run
  const finished = run.finishedWaves().filter((wave) => wave !== failure.wave)
  if (finished.length === 0) halt('RolledBack', failure.reason)
  const keys = (keep: boolean): readonly string[] =>
    run.plan.targets
      .filter((target) => finished.includes(target.wave ?? 0) === keep && fleet.holds(target.key))
      .map((target) => target.key)
  state.enter('Reverting', 'putting the unfinished waves back')
  const back = keys(false)
  await Promise.all(
    back.map(async (key) => {
      await fleet.order(key, { kind: 'revert', why: failure.reason }).catch(() => undefined)
      await fleet.ended(key)
    }),
  )
  control.checkpoint()
  control.committed = true
  state.enter('Committing', `keeping wave ${finished.join(', ')}`)
  await commitTargets(run, keys(true))
  run.partial = `wave ${finished.join(', ')} serves the new model; the others were put back: ${failure.reason}`
}
