import { rolloutWorkflowId, type Identity } from '../../workflows/messages.ts'
import { within, type ApiContext } from '../context.ts'
import type { Started } from '../answers.ts'
import { undoRolloutId } from '../rollout-id.ts'
import { ApiError } from '../errors.ts'
import { findUndo, isCommitted, leftCommits } from './ended.ts'
import { toLine } from './line.ts'
import { readPlan } from './read-rollout.ts'
import { startRollout } from './start-rollout.ts'

/**
 * Whether `undo` means a new rollout: this one has committed, and is over. One that has committed and still writes its record is
 * waited for some seconds, because what can be gone back to is known with its end.
 * @throws ApiError refused, when that takes longer
 */
export async function becomesRollout(context: ApiContext, rolloutId: string): Promise<boolean> {
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(rolloutId))
  const look = async () => toLine(await within(context, 'call', () => handle.describe()))
  const before = await look()
  if (before.execution !== 'running' || !leftCommits(before)) return isCommitted(before)
  // Over or not, and how, is looked at below.
  await within(context, 'call', () => handle.result()).catch(() => undefined)
  const after = await look()
  if (after.execution !== 'running') return isCommitted(after)
  const why = `Rollout ${rolloutId} has committed and still writes its record: ask again when it is over.`
  throw new ApiError('refused', why, { legal: [] }, { 'Retry-After': '10' })
}

/**
 * Starts the rollout that brings every target that this one committed back to its previous config. The same decision starts
 * it once; another one is refused while it runs and when it has succeeded.
 * @throws ApiError refused, and as `startRollout`
 */
export async function startUndo(
  context: ApiContext,
  rolloutId: string,
  { by, decisionId }: { readonly by: Identity; readonly decisionId: string },
): Promise<Started> {
  const id = undoRolloutId(rolloutId, decisionId)
  const undoneBy = await findUndo(context, rolloutId)
  if (undoneBy !== undefined && undoneBy !== id) {
    throw new ApiError(
      'refused',
      `Rollout ${rolloutId} was undone by rollout ${undoneBy}, or is being undone by it.`,
    )
  }
  const { document } = await readPlan(context, rolloutId)
  return startRollout(context, {
    rolloutId: id,
    document,
    startedBy: by,
    undoes: rolloutId,
    repeatable: true,
  })
}
