import type { WorkflowExecutionDescription } from '@temporalio/client'
import type { RolloutView } from '../../rollout/view.ts'
import { planQuery, rolloutWorkflowId, stateQuery } from '../../workflows/messages.ts'
import type { LiveRollout, PlanAnswer, RolloutAnswer } from '../answers.ts'
import { within, type ApiContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { findUndo, isCommitted, leftSomething } from './ended.ts'
import { grpcCause } from './grpc-cause.ts'
import { cutShort, toExecution, toLine } from './line.ts'
import { linksOf } from './links.ts'
import { readPending } from './progress.ts'
import { isWorkerAway, whyUnanswered } from './worker-away.ts'

/** One look at a rollout, with what is needed to see cheaply whether anything has happened since. */
export interface Look {
  readonly answer: RolloutAnswer
  /** Run, length of the history and status: while they are the same, so is the rollout's own state. */
  readonly mark: string
  /** When the workflow itself was asked last; milliseconds since the epoch. */
  readonly askedAt: number
}

/** However quiet it is, an open workflow is asked itself once in so long: nothing else tells that its worker has gone. */
const ASKED_AT_LEAST_MS = 3_000
/** A worker may have to read the history again first; that of a rollout over 200 targets has some 8,500 events. */
const REPLAY_MS_PER_EVENT = 1

/**
 * Everything that is known of a rollout: its own state, or what its memo says while no worker answers.
 * @throws ApiError no-such-rollout, temporal-unavailable
 */
export async function readRollout(context: ApiContext, id: string): Promise<RolloutAnswer> {
  return (await lookAt(context, id)).answer
}

/**
 * The same for who looks again and again. Asking a workflow costs its worker a task, so it is asked only when its history has
 * grown: no state changes without that.
 * @throws ApiError as `readRollout`
 */
export async function lookAt(context: ApiContext, id: string, before?: Look): Promise<Look> {
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(id))
  // Described first: what is asked afterwards is never older than the mark.
  const description = await within(context, 'call', () => handle.describe())
  const mark = markOf(description)
  const askedAt = Date.now()
  const open = description.status.name === 'RUNNING'
  const due = open && askedAt - (before?.askedAt ?? 0) >= ASKED_AT_LEAST_MS
  if (before && !due && isSame(before, mark)) {
    return { ...before, answer: await live(context, description, before.answer) }
  }
  const asked = await within(
    context,
    'query',
    () => handle.query(stateQuery),
    description.historyLength * REPLAY_MS_PER_EVENT,
  ).then(
    (view) => ({ view }),
    (error: unknown) => ({ because: whyUnanswered(error, context.taskQueue) }),
  )
  const answer =
    'view' in asked
      ? await live(context, description, asked.view)
      : stale(context, description, asked.because)
  return { answer, mark, askedAt }
}

function markOf({ runId, historyLength, status }: WorkflowExecutionDescription): string {
  return `${runId} ${historyLength} ${status.name}`
}

function isSame(before: Look, mark: string): before is Look & { readonly answer: LiveRollout } {
  return !before.answer.stale && before.mark === mark
}

async function live(
  context: ApiContext,
  description: WorkflowExecutionDescription,
  view: RolloutView,
): Promise<LiveRollout> {
  const { loadedDataConverter } = context.client.workflow.options
  const execution = toExecution(description.status.name)
  const [{ progress, retrying }, alarms] = await Promise.all([
    readPending(description.raw.pendingActivities ?? [], loadedDataConverter),
    execution === 'running' ? context.readAlarms(view) : [],
  ])
  const undoing = isCommitted({ ...view, execution }) ? await readUndoing(context, view) : {}
  const stepOf = new Map(view.steps.map((step) => [step.id, step.number]))
  return {
    ...view,
    ...cutShort({ ...view, execution }),
    ...undoing,
    stale: false,
    execution,
    progress: progress.map((each) => {
      const step = stepOf.get(each.activityId)
      return step === undefined ? each : { ...each, step }
    }),
    retrying,
    alarms,
    links: { ...view.links, ...undoing.links, ...linksOf(context, view.id, description.runId) },
  }
}

/**
 * What only others know of a committed rollout: whether it was undone, and by whom; then it cannot be undone again. While they
 * cannot be asked it is shown all the same, and `undo`, which would ask them too, is not offered.
 */
async function readUndoing(
  context: ApiContext,
  { id, legal }: RolloutView,
): Promise<Partial<Pick<RolloutView, 'legal' | 'links'>>> {
  const withoutUndo = { legal: legal.filter((verb) => verb !== 'undo') }
  try {
    const undoneBy = await findUndo(context, id)
    if (undoneBy !== undefined) return { ...withoutUndo, links: { undoneBy } }
    return (await leftSomething(context, id)) ? {} : withoutUndo
  } catch (error) {
    if (grpcCause(error)) return withoutUndo
    throw error
  }
}

function stale(
  context: ApiContext,
  description: WorkflowExecutionDescription,
  because: string,
): RolloutAnswer {
  const line = toLine(description)
  return {
    ...line,
    stale: true,
    staleBecause: `${because}: this is what the rollout last wrote down.`,
    links: linksOf(context, line.id, description.runId),
  }
}

/**
 * The document and plan that a rollout runs.
 * @throws ApiError no-such-rollout, no-worker
 */
export async function readPlan(context: ApiContext, id: string): Promise<PlanAnswer> {
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(id))
  try {
    const { historyLength } = await within(context, 'call', () => handle.describe())
    const replay = historyLength * REPLAY_MS_PER_EVENT
    return await within(context, 'query', () => handle.query(planQuery), replay)
  } catch (error) {
    if (!isWorkerAway(error)) throw error
    throw new ApiError('no-worker', `No worker answers on task queue ${context.taskQueue}.`)
  }
}
