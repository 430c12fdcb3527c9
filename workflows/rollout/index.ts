import {
  allHandlersFinished,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
} from '@temporalio/workflow'
import type { PlannedStep } from '../../rollout/plan/types.ts'
import type { Outcome, StepState } from '../../rollout/phases.ts'
import { call } from '../activities.ts'
import { lockFreeSignal, reportSignal, type Report } from '../endpoint/protocol.ts'
import { makeWaySignal } from '../make-way.ts'
import { planQuery, rolloutWorkflowId, stateQuery, type RolloutInput } from '../messages.ts'
import { problemOf } from '../problem.ts'
import type { Stop } from './control.ts'
import { Stopped } from './control.ts'
import { comeBack } from './come-back.ts'
import { awaitThaw } from './freeze.ts'
import { finish, type RolloutResult } from './finish.ts'
import { hold } from './hold.ts'
import { RolloutRun } from './run.ts'
import { settleDoubts } from './bake.ts'
import { companions, perform, readPlan } from './steps.ts'

/**
 * One attempt to bring one model package to its targets. Runs exactly the steps of its plan; whatever stops it before
 * the commit, everything is put back.
 */
export async function rollout(input: RolloutInput): Promise<RolloutResult> {
  const run = new RolloutRun(input)
  listen(run)
  run.crier.begin()
  return CancellationScope.nonCancellable(async () => {
    void run.state.show()
    const stop = await goForward(run)
    const ended = stop ? await comeBack(run, stop) : await whenDone(run)
    const result = await finish(run, ended)
    await passOnForgottenLocks(run)
    await condition(allHandlersFinished)
    await run.crier.end()
    return result
  })
}

function listen(run: RolloutRun): void {
  setHandler(stateQuery, () => run.state.view())
  setHandler(planQuery, () => ({ document: run.input.document, plan: run.state.plan }))
  setHandler(reportSignal, (reports) => {
    // Anybody with access to Temporal can send a signal; one that is none of ours is dropped.
    if (Array.isArray(reports)) for (const report of reports) run.fleet.receive(report as Report)
  })
  setHandler(lockFreeSignal, (call) => {
    if (typeof call?.key !== 'string') return
    run.handedOn.set(call.key, call.waiters ?? [])
    run.free.add(call.key)
  })
  setHandler(makeWaySignal, (request) => makeWay(run, request))
  run.desk.listen()
  CancellationScope.current().cancelRequested.catch(() =>
    run.control.interrupt({ outcome: 'Aborted', reason: 'cancelled in Temporal' }),
  )
}

/** A successor waits for one of our locks. Its word alone ends nothing that was promised: it must really be there. */
async function makeWay(
  run: RolloutRun,
  request: { readonly by: string; readonly replace: boolean } | undefined,
): Promise<void> {
  if (typeof request?.by !== 'string') return
  const { by, replace } = request
  const { control, state } = run
  const real = await CancellationScope.nonCancellable(() =>
    call(run.clock, `is rollout ${by} really there?`).isOpen({ workflowId: rolloutWorkflowId(by) }),
  ).catch(() => false)
  if (!real) return
  const promoted = state.stepStates().some((step) => step.kind === 'promoted' && step.state === 'Running')
  if (promoted) {
    state.note('note', `rollout ${by} waits for this endpoint: committing now`)
    control.commitNow = true
  } else if (replace) {
    state.link({ supersededBy: by })
    control.interrupt({ outcome: 'Superseded', reason: `superseded by rollout ${by}` })
  }
}

/** All steps of the plan, one after another. Returns why it stopped, or nothing when all is committed. */
async function goForward(run: RolloutRun): Promise<Stop | undefined> {
  const { control, state } = run
  try {
    state.publish()
    run.adopt(await control.step(() => readPlan(run)))
    state.mark('preflight', 'Passed')
    for (let step = nextStep(run); step; step = nextStep(run)) {
      try {
        await takeStep(run, step)
      } catch (error) {
        if (!control.waveFailure || control.stop) throw error
        await hold(run, control.waveFailure)
        if (control.committed) return undefined
      }
    }
    return undefined
  } catch (error) {
    return stopOf(run, error)
  }
}

async function takeStep(run: RolloutRun, first: PlannedStep): Promise<void> {
  const { control, state } = run
  await control.step(async () => {
    await settleDoubts(run)
    // A freeze may begin during a pause, and a pause during a freeze.
    do await whilePaused(run)
    while (await awaitThaw(run, first))
  })
  const group = companions(run, first)
  await control.step(() =>
    Promise.all(
      group.map(async (step) => {
        state.mark(step.id, 'Running')
        try {
          await perform(run, step)
        } catch (error) {
          const [how, why] = howItEnded(run, error)
          state.mark(step.id, how, why)
          throw error
        }
        const now = state.step(step.id)
        if (now?.state !== 'Skipped') state.mark(step.id, 'Passed', now?.message)
      }),
    ),
  )
}

function nextStep(run: RolloutRun): PlannedStep | undefined {
  return run.plan.steps.find((step) => {
    const state = run.state.step(step.id)?.state
    return step.kind !== 'record' && state !== 'Passed' && state !== 'Skipped'
  })
}

async function whilePaused(run: RolloutRun): Promise<void> {
  const { control, state } = run
  if (!control.paused) return
  const { phase, message } = state
  state.enter('Paused', `paused before the next step; was: ${message}`)
  await condition(() => !control.paused)
  state.enter(phase, message)
}

function stopOf(run: RolloutRun, error: unknown): Stop {
  if (run.control.stop) return run.control.stop
  if (error instanceof Stopped) return error.stop
  const problem = isCancellation(error) ? { message: 'interrupted from outside' } : problemOf(error)
  return { outcome: 'technical', reason: problem.message }
}

/** A step that a person or another target interrupted has not failed itself. */
function howItEnded({ control }: RolloutRun, error: unknown): readonly [StepState, string] {
  const stop = control.stop ?? (error instanceof Stopped ? error.stop : undefined)
  if (isCancellation(error) || stop) {
    const failed =
      stop?.verdict !== undefined || stop?.outcome === 'technical' || control.waveFailure !== undefined
    return [failed ? 'Failed' : 'Reverted', stop?.reason ?? control.waveFailure?.reason ?? 'interrupted']
  }
  return ['Failed', problemOf(error).message]
}

/** What the children say, not that they ended: anything but Committed or Kept is no success. */
async function whenDone(run: RolloutRun): Promise<{ readonly outcome: Outcome; readonly reason: string }> {
  const { plan, fleet, input } = run
  const ends = await Promise.all(
    plan.targets.map(async ({ key }) => ({ key, ended: await fleet.ended(key) })),
  )
  const because = (wanted: (outcome: string) => boolean): string =>
    ends
      .filter(({ ended }) => wanted(ended === 'lost' || ended === undefined ? 'lost' : ended.outcome))
      .map(
        ({ key, ended }) =>
          `${key}: ${typeof ended === 'object' ? `${ended.outcome}, ${ended.message}` : 'lost'}`,
      )
      .join('; ')
  const conflicts = because((outcome) => outcome === 'Conflict')
  if (conflicts) return { outcome: 'Conflict', reason: conflicts }
  if (run.partial) return { outcome: 'Partial', reason: run.partial }
  const missing = because((outcome) => outcome !== 'Committed' && outcome !== 'Kept')
  if (missing) return { outcome: 'Partial', reason: `not every target serves the new model: ${missing}` }
  if (input.undoes !== undefined) return { outcome: 'Succeeded', reason: `rollout ${input.undoes} is undone` }
  return { outcome: 'Succeeded', reason: `${plan.title} serves every target` }
}

/** A lock that was handed to us just when we stopped waiting for it goes to the next in the queue. */
async function passOnForgottenLocks(run: RolloutRun): Promise<void> {
  for (const key of run.free) {
    if (run.fleet.keys().includes(key)) continue
    const [next, ...rest] = run.handedOn.get(key) ?? []
    if (next === undefined) continue
    await getExternalWorkflowHandle(next)
      .signal(lockFreeSignal, { key, waiters: rest })
      .catch(() => undefined)
  }
}
