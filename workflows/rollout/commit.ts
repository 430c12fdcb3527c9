import type { PlannedStep } from '../../rollout/plan/types.ts'
import { problemOf } from '../problem.ts'
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

export async function commitTargets(run: RolloutRun, keys: readonly string[]): Promise<void> {
  await Promise.all(
    keys.map(async (key) => {
      try {
        await run.fleet.order(key, { kind: 'commit' })
      } catch (error) {
        run.state.note('note', `${key}: ${problemOf(error).message}`, { target: key })
      }
      await run.fleet.ended(key)
    }),
  )
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
