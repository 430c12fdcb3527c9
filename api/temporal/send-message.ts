import { ApplicationFailure, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { judgeVerb } from '../../rollout/verbs.ts'
import { rolloutWorkflowId, signals, stateQuery, updates, type Message } from '../../workflows/messages.ts'
import type { MessageAnswer } from '../../workflows/messages.ts'
import { within, type ApiContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { cutShort, toLine } from './line.ts'
import { isWorkerAway } from './worker-away.ts'

/**
 * Tells a rollout what a person decided. A verb sent twice with one `decisionId` is one decision.
 * @throws ApiError refused, already-ended, outcome-unknown, no-such-rollout
 */
export async function sendMessage(
  context: ApiContext,
  rolloutId: string,
  message: Message,
): Promise<MessageAnswer> {
  const signed = context.sign(rolloutId, message)
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(rolloutId))
  // Temporal answers a known update id with the first result, whatever the verb: two verbs are two decisions.
  const updateId = `${message.verb}/${message.decisionId}`
  const options = { updateId, args: [signed] as [Message] }
  try {
    return await within(context, 'update', () => handle.executeUpdate(updates[message.verb], options))
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) throw await refusalOf(context, rolloutId, error)
    if (error instanceof WorkflowNotFoundError) return answerForEnded(context, rolloutId, message)
    if (!isWorkerAway(error)) throw error
    throw await unknownOutcome(context, rolloutId, signed)
  }
}

/** Who is refused wants to know what else there is; without an answer to that the refusal still stands. */
async function refusalOf(
  context: ApiContext,
  rolloutId: string,
  error: WorkflowUpdateFailedError,
): Promise<ApiError> {
  const { cause } = error
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(rolloutId))
  const view = await within(context, 'probe', () => handle.query(stateQuery)).catch(() => undefined)
  return new ApiError('refused', cause?.message ?? error.message, {
    ...(cause instanceof ApplicationFailure && cause.type ? { reason: cause.type } : {}),
    ...(view ? { legal: view.legal } : {}),
  })
}

/** A workflow that is over takes no update; what the verb means then is in the same table as for all other phases. */
async function answerForEnded(
  context: ApiContext,
  rolloutId: string,
  message: Message,
): Promise<MessageAnswer> {
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(rolloutId))
  const line = toLine(await within(context, 'call', () => handle.describe()))
  if (line.execution === 'running') {
    // An update of this id went to a run that has ended since, or the server lost it: ask again, do not guess.
    throw new ApiError('outcome-unknown', 'Temporal lost this update.', { decisionId: message.decisionId })
  }
  const { outcome } = line
  const committed = outcome === 'Succeeded' || outcome === 'Partial'
  const legality = judgeVerb(message.verb, {
    phase: 'Ended',
    committed,
    gate: null,
    paused: false,
    revertingAll: false,
    finishedWaves: 0,
    ...(outcome ? { outcome } : {}),
  })
  if (!cutShort(line) && line.execution === 'completed' && legality.legal && legality.effect === 'nothing') {
    return {
      result: 'already-decided',
      phase: 'Ended',
      message: `nothing to do: it ended ${outcome ?? 'already'}`,
    }
  }
  const reason = legality.legal ? `the rollout has ended (${outcome ?? line.execution})` : legality.reason
  throw new ApiError('already-ended', reason, {
    ...(outcome ? { outcome } : {}),
    execution: line.execution,
    endedAt: line.endedAt,
  })
}

/**
 * The update timed out. With a worker it may still be applied; without one the server forgets it, so a signal of the same
 * decision is left in the history, which the workflow takes when a worker is back.
 */
async function unknownOutcome(context: ApiContext, rolloutId: string, signed: Message): Promise<ApiError> {
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(rolloutId))
  const { decisionId, verb } = signed
  const headers = { 'Retry-After': '2' }
  const answers = await within(context, 'probe', () => handle.query(stateQuery)).then(
    () => true,
    (error: unknown) => !isWorkerAway(error),
  )
  if (answers) {
    return new ApiError(
      'outcome-unknown',
      'The rollout did not answer in time; it may still take the decision.',
      { decisionId, left: false },
      headers,
    )
  }
  await within(context, 'call', () => handle.signal(signals[verb], signed))
  return new ApiError(
    'outcome-unknown',
    `No worker answers on task queue ${context.taskQueue}. The decision is left with Temporal and is taken when one is back, if it is legal then.`,
    { decisionId, left: true },
    headers,
  )
}
