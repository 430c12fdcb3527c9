import type { PlannedStep } from '../../rollout/plan/types.ts'
import type { Verdict } from '../../rollout/view.ts'
import { formatDuration } from '../../rollout/duration.ts'
import { failTarget } from './events.ts'
import type { Order } from '../endpoint/protocol.ts'
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

/** What is neither Pass nor Fail opens one gate for all: approve counts as Pass, and the watch goes on. */
export async function settleDoubts(run: RolloutRun): Promise<void> {
  const doubts = run.control.inconclusive
  while (doubts.length > 0) {
    const asked = [...doubts]
    await askAbout(run, asked)
    doubts.splice(0, asked.length)
    for (const { target } of asked) {
      if (run.fleet.holds(target)) await orderOne(run, target, { kind: 'watch' })
    }
  }
}

async function askAbout(run: RolloutRun, verdicts: readonly Verdict[]): Promise<void> {
  if (run.control.skipAll) return
  await run.gates.ask(
    {
      id: `inconclusive/${verdicts.map((verdict) => verdict.target).join('+')}`.slice(0, 200),
      kind: 'inconclusive',
      title: 'is the candidate good?',
      why: `${verdicts.map(({ target, message }) => `${target}: ${message}`).join('; ')}. Approve counts as Pass, reject puts everything back`,
      approval: run.input.document.approval,
    },
    'AwaitingDecision',
  )
}

/** After a wave everything that was shifted so far is judged, not only that wave. */
function judgedBy(run: RolloutRun, step: PlannedStep): readonly string[] {
  if (!step.id.startsWith('after-wave-')) return step.targets
  return run.plan.targets
    .filter((target) => (target.wave ?? 1) <= (step.wave ?? 1))
    .map((target) => target.key)
}

async function judge(run: RolloutRun, step: PlannedStep, from: number, to: number): Promise<void> {
  const { state, clock, input, control } = run
  const { watch } = input.document.production
  const extendUntil = Date.now() + clock.real(watch.settle) + clock.real(watch.maxExtension)
  state.enter(
    'Baking',
    `${step.title}: waiting for the last metrics (${formatDuration(watch.settle)})`,
    extendUntil,
  )
  const order = { kind: 'judge', step: step.number, from, to, extendUntil } as const
  const verdicts = await judgeAll(run, judgedBy(run, step), order, () => control.skipBake, step.title)
  if (control.skipBake) return state.mark(step.id, 'Skipped', 'the rest was skipped by a person')
  await settleVerdicts(run, verdicts)
}

/** Every target is judged at the same time. Whoever promotes does not wait for that; it is then void. */
async function judgeAll(
  run: RolloutRun,
  keys: readonly string[],
  order: Order & { kind: 'judge' },
  told: () => boolean,
  title: string,
): Promise<readonly Verdict[]> {
  const { state, control } = run
  const verdicts: Verdict[] = []
  const judged = Promise.all(
    keys.map(async (key) => {
      const { verdict, measurements } = await orderOne(run, key, order)
      state.measured(measurements ?? [])
      if (verdict) {
        state.judged(verdict)
        verdicts.push(verdict)
      }
      if (verdict?.result === 'Fail') {
        failTarget(run, key, verdict.message, verdict)
        control.checkpoint()
      }
    }),
  )
  judged.catch(() => undefined)
  await Promise.race([judged, control.until(told, undefined, title)])
  return verdicts
}

async function settleVerdicts(run: RolloutRun, verdicts: readonly Verdict[]): Promise<void> {
  const doubts = verdicts.filter(({ result }) => result === 'Inconclusive' || result === 'Error')
  if (doubts.length > 0) await askAbout(run, doubts)
}

/**
 * Every target holds 100 % and stable waits beside it: until the time is over, someone commits, or someone undoes. What
 * comes next cannot be undone by weights, so that alarms are looked at once more, whoever asks for it: perhaps no worker ran for a
 * while, and nobody saw what they were.
 */
export async function holdPromoted(run: RolloutRun, step: PlannedStep): Promise<void> {
  const { state, control, clock } = run
  const from = Date.now()
  const until = from + clock.real(step.duration ?? 0)
  const told = (): boolean => control.commitNow
  state.enter('Promoted', `${step.title}; undo is instant until then`, until)
  await waitWatched(run, until, told, step.title)
  const to = Date.now()
  const order = { kind: 'judge', step: step.number, from, to, extendUntil: to, last: true } as const
  const keys = run.plan.targets.map((target) => target.key)
  const verdicts = await judgeAll(run, keys, order, () => false, step.title)
  // Who commits has decided what nobody knows; that an alarm is red is known.
  if (!told()) await settleVerdicts(run, verdicts)
}
