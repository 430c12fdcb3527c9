import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client'
import { randomUUID } from 'node:crypto'
import type { Plan } from '../../rollout/plan/types.ts'
import { planWorkflow, type PlanInput } from '../../workflows/messages.ts'
import { within, type ApiContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { isWorkerAway } from './worker-away.ts'

/**
 * Plans on a worker: the API itself never talks to AWS. Changes nothing.
 * @throws ApiError no-worker, plan-timed-out, plan-failed, refused (an undo of what cannot be undone)
 */
export async function runPlan(context: ApiContext, input: PlanInput): Promise<Plan> {
  const { client, taskQueue, deadlines } = context
  const workflowId = `plan/${input.document.name}-${randomUUID()}`
  const handle: WorkflowHandle = await within(context, 'call', () =>
    client.workflow.start(planWorkflow, {
      workflowId,
      taskQueue,
      args: [input],
      workflowExecutionTimeout: deadlines.plan,
      staticSummary: `plan ${input.document.name}: ${input.document.model.package}`,
    }),
  )
  const watch = watchForWorker(context, handle)
  try {
    return await Promise.race([resultOf(context, handle), watch.absent])
  } catch (error) {
    if (error instanceof ApiError)
      await handle.terminate('nobody waits for this plan any more').catch(() => {})
    throw error
  } finally {
    watch.stop()
  }
}

async function resultOf(context: ApiContext, handle: WorkflowHandle): Promise<Plan> {
  try {
    return (await within(context, 'plan', () => handle.result())) as Plan
  } catch (error) {
    if (isWorkerAway(error) || isTimeout(error)) {
      throw new ApiError(
        'plan-timed-out',
        `The plan ${handle.workflowId} was not ready in ${context.deadlines.plan / 1000} s.`,
      )
    }
    if (error instanceof WorkflowFailedError) {
      const innermost = innermostOf(error)
      const refused = innermost instanceof ApplicationFailure && innermost.type === 'Refused'
      throw refused
        ? new ApiError('refused', innermost.message)
        : new ApiError('plan-failed', reasonOf(innermost))
    }
    throw error
  }
}

/** Rejects with `no-worker` when nobody has taken the plan's first task in time. */
function watchForWorker(context: ApiContext, handle: WorkflowHandle) {
  let timer: NodeJS.Timeout | undefined
  const absent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      within(context, 'call', () => handle.describe()).then(
        // WorkflowExecutionStarted and WorkflowTaskScheduled are all that happens without a worker.
        ({ historyLength }) => {
          if (historyLength <= 2)
            reject(new ApiError('no-worker', `No worker takes tasks from task queue ${context.taskQueue}.`))
        },
        reject,
      )
    }, context.deadlines.worker)
  })
  absent.catch(() => {})
  return { absent, stop: () => clearTimeout(timer) }
}

function isTimeout(error: unknown): boolean {
  return error instanceof WorkflowFailedError && error.cause?.name === 'TimeoutFailure'
}

/** The innermost failure is what the activity said. */
function innermostOf(error: Error): Error {
  let innermost = error
  while (innermost.cause instanceof Error) innermost = innermost.cause
  return innermost
}

function reasonOf(innermost: Error): string {
  const type = innermost instanceof ApplicationFailure && innermost.type ? `${innermost.type}: ` : ''
  return `${type}${innermost.message}`
}
