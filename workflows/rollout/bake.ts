import type { PlannedStep } from '../../rollout/plan/types.ts'
import type { Verdict } from '../../rollout/view.ts'
import { formatDuration } from '../../rollout/duration.ts'
import { failTarget } from './events.ts'
import { orderOne } from './orders.ts'
import type { RolloutRun } from './run.ts'

/** The candidate takes traffic and is watched; then the bake is judged. The wait costs the same however long it is. */
export async function bake(run: RolloutRun, step: PlannedStep): Promise<void> {
  const { state, control, clock } = run
  if (control.skipAll) return state.mark(step.id, 'Skipped', 'all bakes are skipped')
  const from = Date.now()
  const until = from + clock.real(step.duration ?? 0)
  control.skipBake = false
  state.enter('Baking', step.title, until)
  await waitWatched(run, until, () => control.skipBake, step.title)
  if (control.skipBake) return state.mark(step.id, 'Skipped', 'the rest was skipped by a person')
  await judge(run, step, from, until)
}

/** Waits for the moment, or for a person; what the watch is unsure of is put to a person meanwhile. */
async function waitWatched(
  run: RolloutRun,
  until: number,
  told: () => boolean,
  title: string,
): Promise<void> {
  const { control, state } = run
  for (;;) {
    const left = until - Date.now()
    if (left <= 0 || told()) return
    await control.until(() => told() || control.inconclusive.length > 0, left, title)
    if (control.inconclusive.length === 0) return
    const { phase } = state
    await settleDoubts(run)
    state.enter(phase, title, until)
  }
}

/** Each verdict that is neither Pass nor Fail opens a gate: approve counts as Pass, and the watch goes on. */
export async function settleDoubts(run: RolloutRun): Promise<void> {
  const { control } = run
  for (let verdict = control.inconclusive[0]; verdict; verdict = control.inconclusive[0]) {
    await askAbout(run, verdict)
    control.inconclusive.shift()
    if (run.fleet.holds(verdict.target)) await orderOne(run, verdict.target, { kind: 'watch' })
  }
}

async function askAbout(run: RolloutRun, verdict: Verdict): Promise<void> {
  if (run.control.skipAll) return
  await run.gates.ask(
    {
      id: `inconclusive/${verdict.target}`,
      kind: 'inconclusive',
      title: `${verdict.target}: is the candidate good?`,
      why: `${verdict.message}. Approve counts as Pass, reject puts everything back`,
      approval: run.input.document.approval,
    },
    'AwaitingDecision',
  )
}

async function judge(run: RolloutRun, step: PlannedStep, from: number, to: number): Promise<void> {
  const { state, clock, input } = run
  const { watch } = input.document.production
  const extendUntil = Date.now() + clock.real(watch.settle) + clock.real(watch.maxExtension)
  state.enter(
    'Baking',
    `${step.title}: waiting for the last metrics (${formatDuration(watch.settle)})`,
    extendUntil,
  )
  const verdicts = await Promise.all(
    step.targets.map(async (key) => {
      const { verdict, measurements } = await orderOne(run, key, {
        kind: 'judge',
        step: step.number,
        from,
        to,
        extendUntil,
      })
      state.measured(measurements ?? [])
      if (verdict) state.judged(verdict)
      if (verdict?.result === 'Fail') {
        failTarget(run, key, verdict.message, verdict)
        run.control.checkpoint()
      }
      return verdict
    }),
  )
  for (const verdict of verdicts) {
    if (verdict && (verdict.result === 'Inconclusive' || verdict.result === 'Error'))
      await askAbout(run, verdict)
  }
}

/** Every target holds 100 % and stable waits beside it: until the time is over, someone commits, or someone undoes. */
export async function holdPromoted(run: RolloutRun, step: PlannedStep): Promise<void> {
  const { state, control, clock } = run
  const until = Date.now() + clock.real(step.duration ?? 0)
  state.enter('Promoted', `${step.title}; undo is instant until then`, until)
  await waitWatched(run, until, () => control.commitNow, step.title)
}
