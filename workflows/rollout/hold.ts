import { orderOne } from './orders.ts'
import { commitTargets } from './commit.ts'
import type { WaveFailure } from './control.ts'
import { halt } from './control.ts'
import type { RolloutRun } from './run.ts'

/**
 * A wave failed and the document says not to roll everything back. `rollback-wave` takes the traffic of that wave away,
 * `hold` moves nothing; then a person decides: `retry`, `abort` (which interrupts) or `promoteFull`.
 */
export async function hold(run: RolloutRun, first: WaveFailure): Promise<void> {
  const { control, state } = run
  const failed = new Map<number, WaveFailure>()
  control.heldDecision = undefined
  control.holding = [first]
  control.waveFailure = undefined
  try {
    while (control.heldDecision === undefined) {
      for (let next = control.holding.shift(); next; next = control.holding.shift()) {
        if (failed.has(next.wave)) continue
        failed.set(next.wave, next)
        await control.step(() => takeOut(run, next))
      }
      const reasons = [...failed.values()]
        .map(({ wave, reason }) => `wave ${wave} failed: ${reason}`)
        .join('; ')
      state.enter('Held', `${reasons}. Say retry, abort or promoteFull`)
      await control.step(() =>
        control.until(
          () => control.heldDecision !== undefined || (control.holding ?? []).length > 0,
          undefined,
          'held',
        ),
      )
    }
  } finally {
    control.holding = undefined
  }
  if (control.heldDecision === 'retry') for (const wave of failed.keys()) repeat(run, wave)
  else await keepFinished(run, failed)
}

/** Marks the wave failed and, under `rollback-wave`, takes its traffic away. */
async function takeOut(run: RolloutRun, { wave, reason }: WaveFailure): Promise<void> {
  const { state, input, fleet } = run
  for (const step of state.stepStates()) {
    if (step.wave === wave && step.kind !== 'prepare' && step.state === 'Passed')
      state.mark(step.id, 'Failed', reason)
  }
  if (input.document.production.onFailure !== 'rollback-wave') return
  state.enter('Reverting', `wave ${wave} is put back: ${reason}`)
  const held = run.plan.targets.filter((target) => target.wave === wave && fleet.holds(target.key))
  await Promise.all(held.map(({ key }) => orderOne(run, key, { kind: 'withdraw', why: reason })))
}

function repeat(run: RolloutRun, wave: number): void {
  for (const step of run.state.stepStates()) {
    if (step.wave === wave && (step.kind !== 'prepare' || step.state !== 'Passed'))
      run.state.mark(step.id, 'Pending')
  }
}

/** Reverts unfinished waves and commits finished ones. */
async function keepFinished(run: RolloutRun, failed: ReadonlyMap<number, WaveFailure>): Promise<void> {
  const { control, state, fleet } = run
  const reason = [...failed.values()].map((failure) => failure.reason).join('; ')
  const finished = run.finishedWaves().filter((wave) => !failed.has(wave))
  if (finished.length === 0) halt('RolledBack', reason)
  const keys = (keep: boolean): readonly string[] =>
    run.plan.targets
      .filter((target) => finished.includes(target.wave ?? 0) === keep && fleet.holds(target.key))
      .map((target) => target.key)
  state.enter('Reverting', 'putting the unfinished waves back')
  const back = keys(false)
  await Promise.all(
    back.map(async (key) => {
      await fleet.order(key, { kind: 'revert', why: reason }).catch(() => undefined)
      await fleet.ended(key)
    }),
  )
  control.checkpoint()
  control.committed = true
  state.enter('Committing', `keeping wave ${finished.join(', ')}`)
  await commitTargets(run, keys(true))
  run.partial = `wave ${finished.join(', ')} serves the new model; the others were put back: ${reason}`
}
