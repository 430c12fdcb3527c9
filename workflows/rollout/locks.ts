import { condition, getExternalWorkflowHandle, sleep } from '@temporalio/workflow'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import type { PlannedTarget } from '../../rollout/plan/types.ts'
import { lockId } from '../../rollout/target.ts'
import { call } from '../activities.ts'
import { enqueueSignal } from '../endpoint/protocol.ts'
import { makeWaySignal } from '../make-way.ts'
import { rolloutWorkflowId } from '../messages.ts'
import { halt } from './control.ts'
import type { RolloutRun } from './run.ts'

/** Should the holder's call get lost. */
const lookAgainEvery = 5 * 60_000
const longestPause = 60 * 60_000
const notOurTurn = 60_000

/** Takes the locks in sorted order, so that rollouts which share targets cannot wait for each other in a circle. */
export async function takeLocks(run: RolloutRun, targets: readonly PlannedTarget[]): Promise<void> {
  const sorted = [...targets].sort((a, b) => (a.key < b.key ? -1 : 1))
  for (const target of sorted) {
    if (!run.fleet.holds(target.key)) await takeLock(run, target)
  }
}

async function takeLock(run: RolloutRun, target: PlannedTarget): Promise<void> {
  const { input, fleet, state } = run
  const phase = state.phase
  let told: string | undefined
  for (let looks = 0; ; looks += 1) {
    run.control.checkpoint()
    run.free.delete(target.key)
    try {
      await fleet.lock(target, {
        rolloutId: input.rolloutId,
        clockRate: run.clock.rate,
        source: run.source,
        watch: input.document.production.watch,
        waiters: run.handedOn.get(target.key) ?? [],
        ...smokeOf(run),
      })
      run.control.checkpoint()
      state.target(target.key, { state: 'Locked', message: 'held by this rollout' })
      if (state.phase === 'Queued') state.enter(phase, 'the locks are ours')
      return
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      told = await wait(run, target, told, looks)
    }
  }
}

/** A rollout in one of these makes way by itself. */
const makesWay = ['Promoted', 'Committing']

/**
 * The lock is held: by whom, and what is to be done about it. Returns whom it told what, so that a new holder, or one that
 * got further, is told again.
 */
async function wait(
  run: RolloutRun,
  target: PlannedTarget,
  told: string | undefined,
  looks: number,
): Promise<string | undefined> {
  const { input, state, clock } = run
  const holder = await call(clock, `who holds ${target.key}?`).findHolder({ key: target.key })
  if (!holder) {
    await sleep(Math.max(100, clock.real(1_000)), { summary: `${target.key} has just become free` })
    return told
  }
  const { whenBusy } = input.document
  if (whenBusy === 'reject' && !makesWay.includes(holder.phase)) {
    return halt(
      'technical',
      `${target.key} is held by rollout ${holder.rolloutId} (${holder.phase}), and whenBusy is reject`,
    )
  }
  const telling = `${holder.rolloutId} ${holder.phase}`
  if (told !== telling) {
    await tell(rolloutWorkflowId(holder.rolloutId), { by: input.rolloutId, replace: whenBusy === 'replace' })
    if (whenBusy === 'replace') state.link({ supersedes: holder.rolloutId })
  }
  state.enter('Queued', `waits for ${target.key}, held by rollout ${holder.rolloutId} (${holder.phase})`)
  const queued = await enqueue(run, target.key)
  // Looks get rarer, so that a wait of weeks stays a small history.
  const pause = queued ? Math.min(lookAgainEvery * 2 ** Math.min(looks, 10), longestPause) : 1_000
  const atLeast = queued ? 10_000 : 100
  const called = await condition(() => run.free.has(target.key), Math.max(atLeast, clock.real(pause)), {
    summary: `waits for ${target.key}`,
  })
  // The holder calls just before it closes. Who was not called lets the one go first who was.
  const after = queued && !called ? Math.max(3_000, clock.real(notOurTurn)) : Math.max(50, clock.real(500))
  await sleep(after, { summary: `${target.key} is being given free` })
  return telling
}

async function tell(
  workflowId: string,
  message: { readonly by: string; readonly replace: boolean },
): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(makeWaySignal, message)
  } catch {
    // It has ended meanwhile: the next try takes the lock.
  }
}

async function enqueue(run: RolloutRun, key: string): Promise<boolean> {
  try {
    const workflowId = rolloutWorkflowId(run.input.rolloutId)
    await getExternalWorkflowHandle(lockId(key)).signal(enqueueSignal, { workflowId })
    return true
  } catch {
    return false
  }
}

/** The first invoke test of the document is also what the candidate must answer before it gets traffic. */
function smokeOf(run: RolloutRun): { smoke?: { contentType: string; body: string } } {
  const test = run.input.document.staging?.tests.find((one) => one.kind === 'invoke')
  if (test?.kind !== 'invoke') return {}
  return { smoke: { contentType: test.invoke.contentType, body: test.invoke.body } }
}
