import type { Stack } from '../../test/support/start-stack.ts'
import type { Outcome } from '../../rollout/phases.ts'
import { rolloutWorkflowId } from '../../workflows/messages.ts'
import type { RolloutResult } from '../../workflows/rollout/finish.ts'

/**
 * Waits for the end of a rollout without asking it anything: each look at its view would be work for the worker that is
 * measured. Throws unless it ends as wanted.
 */
export async function resultOf(stack: Stack, id: string, wanted: Outcome): Promise<RolloutResult> {
  const result = (await stack.client.workflow.getHandle(rolloutWorkflowId(id)).result()) as RolloutResult
  if (result.outcome !== wanted) throw new Error(`the rollout ended ${result.outcome}: ${result.reason}`)
  return result
}
