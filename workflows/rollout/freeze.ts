import { CancellationScope } from '@temporalio/workflow'
import type { FreezeTime } from '../../rollout/calendar/types.ts'
import type { PlannedStep } from '../../rollout/plan/types.ts'
import { local, poll } from '../activities.ts'
import type { RolloutRun } from './run.ts'

/**
 * Waits while a freeze forbids this step, and says whether it had to. A freeze opens by itself when it is over, or by an
 * approver who says why; that breaks this freeze for this rollout only, and is kept with the decisions.
 */
export async function awaitThaw(run: RolloutRun, step: PlannedStep): Promise<boolean> {
  const { document, undoes } = run.input
  // Putting back is exempt, and an undo is nothing else.
  if (!raisesExposure(run, step) || undoes !== undefined) return false
  const question = {
    model: document.name,
    own: document.production.freezes ?? [],
    broken: run.control.brokenFreezes,
  }
  const freezes = await local.readFreezes(question)
  if (freezes.length === 0) return false
  if (document.emergency?.skip.includes('freeze')) {
    run.state.note(
      'note',
      `freeze ${names(freezes)} is broken by the emergency: ${document.emergency.reason}`,
    )
    run.control.brokenFreezes.push(...freezes)
    return false
  }
  await waitFor(run, step, freezes, question)
  return true
}

/** More traffic on the new model, or a new endpoint; all else is allowed in a freeze. */
function raisesExposure(run: RolloutRun, { kind, targets }: PlannedStep): boolean {
  if (kind === 'shift') return true
  return kind === 'prepare' && targets.some((key) => run.planned(key).action === 'create')
}

async function waitFor(
  run: RolloutRun,
  step: PlannedStep,
  freezes: readonly FreezeTime[],
  question: Parameters<typeof local.readFreezes>[0],
): Promise<void> {
  const { state, control, gates } = run
  const { phase, message } = state
  state.mark(step.id, 'Waiting', `frozen: ${names(freezes)}`)
  const scope = new CancellationScope({ cancellable: true })
  let over = false
  const thaw = scope.run(() => poll(run.clock, `wait for the end of ${names(freezes)}`).awaitThaw(question))
  const ended = thaw.then(
    () => (over = true),
    () => undefined,
  )
  try {
    const opened = await gates.ask(
      {
        id: `freeze/${freezes.map(({ name }) => name).join('+')}`.slice(0, 200),
        kind: 'freeze',
        title: `frozen until ${
          freezes
            .map(({ until }) => until)
            .toSorted()
            .at(-1) ?? ''
        }`,
        why: `${freezes.map(describe).join('; ')}. It goes on by itself when that is over; an approver may break it with a reason, reject puts everything back`,
        opensAt: Math.max(...freezes.map(({ until }) => Date.parse(until))),
        openedBySelf: () => over,
        needsReason: true,
      },
      'AwaitingDecision',
    )
    if (opened === 'approved') control.brokenFreezes.push(...freezes)
    else state.note('note', `the freeze is over: ${names(freezes)}`)
  } finally {
    scope.cancel()
    await ended
  }
  state.mark(step.id, 'Pending')
  state.enter(phase, message)
}

const names = (freezes: readonly FreezeTime[]): string => freezes.map(({ name }) => `“${name}”`).join(', ')

const describe = ({ name, reason, from, until }: FreezeTime): string =>
  `freeze “${name}”${reason === undefined ? '' : ` (${reason})`} from ${from} to ${until}`
