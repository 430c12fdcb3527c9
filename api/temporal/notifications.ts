import {
  ApplicationFailure,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type WorkflowExecutionDescription,
} from '@temporalio/client'
import type { LoadedDataConverter } from '@temporalio/common'
import type { HeraldView } from '../../rollout/notices/types.ts'
import {
  acknowledgeUpdate,
  heraldWorkflowId,
  noticesQuery,
  rolloutWorkflowId,
  type Acknowledge,
  type AcknowledgeAnswer,
} from '../../workflows/messages.ts'
import type { NotificationsAnswer } from '../answers.ts'
import { within, type ApiContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { readFailure } from './payload.ts'
import { isWorkerAway } from './worker-away.ts'

type Pending = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number]

/**
 * Who was told what of a rollout, what is still on its way, and how often that was tried.
 * @throws ApiError no-such-rollout, no-worker
 */
export async function readNotifications(context: ApiContext, id: string): Promise<NotificationsAnswer> {
  const handle = context.client.workflow.getHandle(heraldWorkflowId(id))
  const description = await within(context, 'call', () => handle.describe()).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  })
  if (!description) {
    // Throws when there is no such rollout either.
    await within(context, 'call', () => context.client.workflow.getHandle(rolloutWorkflowId(id)).describe())
    return { configured: false, deliveries: [], showings: [], acknowledgements: [], unacknowledged: false }
  }
  const view = await within(context, 'query', () => handle.query(noticesQuery)).catch((error: unknown) => {
    if (isWorkerAway(error)) throw noWorker(context)
    throw error
  })
  const { loadedDataConverter } = context.client.options
  return toAnswer(view, description.raw.pendingActivities ?? [], loadedDataConverter)
}

/** Temporal knows of what is on its way how often it was tried, and why it failed last. */
async function toAnswer(
  view: HeraldView,
  pending: readonly Pending[],
  converter: LoadedDataConverter,
): Promise<NotificationsAnswer> {
  const byId = new Map(pending.map((activity) => [activity.activityId, activity]))
  const tried = async (id: string): Promise<{ attempts?: number; lastError?: string }> => {
    const activity = byId.get(id)
    const { attempt, lastFailure } = activity ?? {}
    return {
      ...(attempt ? { attempts: lastFailure ? attempt - 1 : attempt } : {}),
      ...(lastFailure ? { lastError: await readFailure(lastFailure, converter) } : {}),
    }
  }
  const failing = async (id: string): Promise<{ lastError?: string }> => {
    const { lastError } = await tried(id)
    return lastError === undefined ? {} : { lastError }
  }
  return {
    configured: true,
    deliveries: await Promise.all(
      view.deliveries.map(async (one) =>
        one.state === 'pending' ? { ...one, ...(await tried(one.id)) } : one,
      ),
    ),
    showings: await Promise.all(
      view.showings.map(async (one) => ({ ...one, ...(await failing(`show/${one.channel}`)) })),
    ),
    acknowledgements: view.acknowledgements,
    unacknowledged: view.unacknowledged !== undefined,
  }
}

/**
 * Says that somebody takes care of what needs a person; the reminders end. It changes nothing in the rollout.
 * @throws ApiError refused, no-such-rollout, no-worker
 */
export async function acknowledge(
  context: ApiContext,
  id: string,
  { decisionId, ...said }: Acknowledge & { readonly decisionId: string },
): Promise<AcknowledgeAnswer> {
  const handle = context.client.workflow.getHandle(heraldWorkflowId(id))
  const options = { updateId: `acknowledge/${decisionId}`, args: [said] as [Acknowledge] }
  try {
    return await within(context, 'update', () => handle.executeUpdate(acknowledgeUpdate, options))
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      const { cause } = error
      throw new ApiError('refused', cause instanceof ApplicationFailure ? cause.message : error.message)
    }
    if (error instanceof WorkflowNotFoundError) throw await nobodyAsks(context, id)
    if (isWorkerAway(error)) throw noWorker(context)
    throw error
  }
}

/** There is no herald, or it has ended: then nothing is left to be acknowledged. */
async function nobodyAsks(context: ApiContext, id: string): Promise<ApiError> {
  const { configured, acknowledgements } = await readNotifications(context, id)
  const last = acknowledgements.at(-1)
  if (last) return new ApiError('refused', `It was acknowledged already by ${last.by} at ${last.at}.`)
  return new ApiError(
    'refused',
    configured
      ? 'Nothing needs a person now.'
      : 'Nobody is told of this rollout, so nobody is reminded either.',
  )
}

function noWorker({ taskQueue }: ApiContext): ApiError {
  return new ApiError('no-worker', `No worker answers on task queue ${taskQueue}.`)
}
