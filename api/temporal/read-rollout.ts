import type { WorkflowExecutionDescription } from '@temporalio/client'
import type { RolloutView } from '../../rollout/view.ts'
import { planQuery, rolloutWorkflowId, stateQuery } from '../../workflows/messages.ts'
import type { LiveRollout, PlanAnswer, RolloutAnswer } from '../answers.ts'
import { within, type ApiContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { cutShort, toExecution, toLine } from './line.ts'
import { linksOf } from './links.ts'
import { readPending } from './progress.ts'
import { isWorkerAway } from './worker-away.ts'

/**
 * Everything that is known of a rollout: its own state, or what its memo says while no worker answers.
 * @throws ApiError no-such-rollout, temporal-unavailable
 */
export async function readRollout(context: ApiContext, id: string): Promise<RolloutAnswer> {
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(id))
  const [description, view] = await Promise.all([
    within(context, 'call', () => handle.describe()),
    within(context, 'query', () => handle.query(stateQuery)).catch((error: unknown) => {
      if (isWorkerAway(error)) return null
      throw error
    }),
  ])
  return view ? live(context, description, view) : stale(context, description)
}

async function live(
  context: ApiContext,
  description: WorkflowExecutionDescription,
  view: RolloutView,
): Promise<LiveRollout> {
  const { loadedDataConverter } = context.client.workflow.options
  const execution = toExecution(description.status.name)
  const { progress, retrying } = await readPending(
    description.raw.pendingActivities ?? [],
    loadedDataConverter,
  )
  const stepOf = new Map(view.steps.map((step) => [step.id, step.number]))
  return {
    ...view,
    ...cutShort({ ...view, execution }),
    stale: false,
    execution,
    progress: progress.map((each) => {
      const step = stepOf.get(each.activityId)
      return step === undefined ? each : { ...each, step }
    }),
    retrying,
    links: { ...view.links, ...linksOf(context, view.id, description.runId) },
  }
}

function stale(context: ApiContext, description: WorkflowExecutionDescription): RolloutAnswer {
  const line = toLine(description)
  return {
    ...line,
    stale: true,
    staleBecause: `No worker answers on task queue ${context.taskQueue}: this is what the rollout last wrote down.`,
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
    return await within(context, 'query', () => handle.query(planQuery))
  } catch (error) {
    if (!isWorkerAway(error)) throw error
    await within(context, 'call', () => handle.describe())
    throw new ApiError('no-worker', `No worker answers on task queue ${context.taskQueue}.`)
  }
}
