import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client'
import { isSigned } from '../rollout/signature.ts'
import { lockId } from '../rollout/target.ts'
import type { Activities, WorkflowReference } from './contract.ts'
import type { Dependencies } from './dependencies.ts'
import { fail } from './failure.ts'
import { poll } from './poll.ts'

type DecisionActivities = Pick<Activities, 'verifyMessage' | 'findHolder' | 'isOpen' | 'awaitClosed'>

/** What Temporal knows: who may decide, who holds a lock, and whether a workflow is still there. */
export function createDecisionActivities({
  temporal,
  signingKey,
}: Pick<Dependencies, 'temporal' | 'signingKey'>): DecisionActivities {
  return {
    async verifyMessage({ rolloutId, message }) {
      return signingKey !== undefined && isSigned(signingKey, rolloutId, message)
    },
    async findHolder({ key }) {
      const lock = await describe(temporal, lockId(key))
      if (!lock || !isRunning(lock)) return null
      const parent = lock.parentExecution?.workflowId
      const rolloutId = textOf(lock.memo?.rolloutId) ?? parent?.replace(/^rollout\//, '') ?? 'unknown'
      const phase = textOf(lock.memo?.phase)
      if (phase !== undefined) return { rolloutId, phase }
      const rollout = await describe(temporal, parent ?? `rollout/${rolloutId}`)
      return { rolloutId, phase: textOf(rollout?.memo?.phase) ?? 'unknown' }
    },
    isOpen: (workflow) => isOpen(temporal, workflow),
    awaitClosed: ({ pollEvery, ...workflow }) =>
      poll<void, never>({
        every: pollEvery,
        look: async () =>
          (await isOpen(temporal, workflow))
            ? { done: false, waitingFor: `${workflow.workflowId} is open, as it should be` }
            : { done: true, value: undefined },
      }),
  }
}

async function isOpen(temporal: Client, { workflowId, runId }: WorkflowReference): Promise<boolean> {
  const found = await describe(temporal, workflowId, runId)
  if (found?.status.name !== 'CONTINUED_AS_NEW') return isRunning(found)
  return isRunning(await describe(temporal, workflowId))
}

function isRunning(found: WorkflowExecutionDescription | null): boolean {
  return found?.status.name === 'RUNNING' || found?.status.name === 'PAUSED'
}

async function describe(
  temporal: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | null> {
  try {
    return await temporal.workflow.getHandle(workflowId, runId).describe()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw fail('Transient', `Temporal could not describe ${workflowId}: ${(error as Error).message}`)
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
