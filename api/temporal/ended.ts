import { rolloutWorkflowId } from '../../workflows/messages.ts'
import type { RolloutResult } from '../../workflows/rollout/finish.ts'
import type { RolloutLine } from '../answers.ts'
import { within, type ApiContext } from '../context.ts'
import { undoPrefix } from '../rollout-id.ts'
import { listRollouts } from './list-rollouts.ts'

/** More undos of one rollout than anybody tries. */
const MOST_UNDOS = 100

/** Whether a rollout has committed everywhere or (Partial) in some places. */
export function leftCommits({ outcome }: Pick<RolloutLine, 'outcome'>): boolean {
  return outcome === 'Succeeded' || outcome === 'Partial'
}

/** As `leftCommits`, and is over. */
export function isCommitted(line: Pick<RolloutLine, 'execution' | 'outcome'>): boolean {
  return line.execution === 'completed' && leftCommits(line)
}

/** The rollout that took this one back, or does so now. One that itself was put back has undone nothing. */
export async function findUndo(context: ApiContext, rolloutId: string): Promise<string | undefined> {
  const idPrefix = rolloutWorkflowId(undoPrefix(rolloutId))
  const { rollouts } = await listRollouts(context, { idPrefix }, { limit: MOST_UNDOS })
  return rollouts.find(
    (line) => line.undoes === rolloutId && (line.execution === 'running' || isCommitted(line)),
  )?.id
}

/** Whether an ended rollout left a config to go back to; a first deployment did not. */
export async function leftSomething(context: ApiContext, rolloutId: string): Promise<boolean> {
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(rolloutId))
  const result = (await within(context, 'call', () => handle.result())) as Partial<RolloutResult> | undefined
  return Object.keys(result?.restore ?? {}).length > 0
}
