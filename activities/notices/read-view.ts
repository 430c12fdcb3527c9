import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import type { RolloutView } from '../../rollout/view.ts'
import { queries, rolloutHandle } from '../ask-rollout.ts'

/** A rollout as it is, and whether its workflow has ended; null when Temporal does not keep it any more. */
export async function readView(
  temporal: Client,
  rolloutId: string,
): Promise<{ readonly view: RolloutView; readonly closed: boolean } | null> {
  const handle = rolloutHandle(temporal, rolloutId)
  try {
    // In this order: what ends between the two is looked at once more.
    const { status } = await handle.describe()
    const view = cutShort(await handle.query<RolloutView>(queries.state), status.name)
    return { view, closed: status.name !== 'RUNNING' }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

/** A workflow that was ended from outside never says so itself: nobody knows how production is, so a person must look. */
function cutShort(view: RolloutView, status: string): RolloutView {
  if (status === 'RUNNING' || status === 'COMPLETED' || view.outcome !== undefined) return view
  return {
    ...view,
    phase: 'NeedsHuman',
    message: `the workflow was ended from outside (${status.toLowerCase()}) while ${view.phase}: look at each target`,
    legal: [],
  }
}
