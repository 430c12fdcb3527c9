import type { PlannedStep } from '../../rollout/plan/types.ts'
import { problemOf } from '../problem.ts'
import { takeOver } from './come-back.ts'
import type { RolloutRun } from './run.ts'

/** The point of no return: recorded here, before any child is told. */
export async function commitAll(run: RolloutRun, step: PlannedStep): Promise<void> {
  const { control, state, input } = run
  control.checkpoint()
  if (input.undoes !== undefined) return swapAll(run, step)
  control.committed = true
  state.enter('Committing', step.title)
  await commitTargets(run, step.targets)
}

/** From here only forward: a child that is lost meanwhile is taken over, to commit. */
export async function commitTargets(run: RolloutRun, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((key) => commitTarget(run, key)))
}

async function commitTarget(run: RolloutRun, key: string): Promise<void> {
  const { fleet, state } = run
  for (;;) {
    if (fleet.holds(key)) {
      await fleet.order(key, { kind: 'commit' }).catch((error: unknown) => {
        state.note('note', `${key}: ${problemOf(error).message}`, { target: key })
      })
    }
    const ended = await fleet.ended(key)
    if (ended !== 'lost' || !(await takeOver(run, key, 'Committing', 'commit it'))) return
  }
}

/** Going back after a commit: every target to its previous config; kept only when all are there. */
async function swapAll(run: RolloutRun, step: PlannedStep): Promise<void> {
  const { control, state, fleet } = run
  state.enter('Shifting', step.title)
  await Promise.all(step.targets.map((key) => fleet.order(key, { kind: 'swap', target: run.planned(key) })))
  control.checkpoint()
  control.committed = true
  state.enter('Committing', step.title)
  await Promise.all(
    step.targets.map(async (key) => {
      await fleet.order(key, { kind: 'keep' }).catch(() => undefined)
      await fleet.ended(key)
    }),
  )
}
