import { rolloutWorkflowId, type Identity } from '../../workflows/messages.ts'
import { within, type ApiContext } from '../context.ts'
import type { Started } from '../answers.ts'
import { undoRolloutId } from '../rollout-id.ts'
import { toLine } from './line.ts'
import { readPlan } from './read-rollout.ts'
import { startRollout } from './start-rollout.ts'

/** Whether `undo` means a new rollout: this one is over, and has committed everywhere or (Partial) in some places. */
export async function isCommitted(context: ApiContext, rolloutId: string): Promise<boolean> {
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(rolloutId))
  const { execution, outcome } = toLine(await within(context, 'call', () => handle.describe()))
  return execution === 'completed' && (outcome === 'Succeeded' || outcome === 'Partial')
}

/**
 * Starts the rollout that brings every target that this one committed back to its previous config.
 * @throws ApiError as `startRollout`
 */
export async function startUndo(
  context: ApiContext,
  rolloutId: string,
  { by, decisionId }: { readonly by: Identity; readonly decisionId: string },
): Promise<Started> {
  const { document } = await readPlan(context, rolloutId)
  return startRollout(context, {
    rolloutId: undoRolloutId(rolloutId, decisionId),
    document,
    startedBy: by,
    undoes: rolloutId,
    repeatable: true,
  })
}
