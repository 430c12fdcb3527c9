import type { RolloutLine } from '../answers.ts'
import type { ApiContext } from '../context.ts'
import { listRollouts } from './list-rollouts.ts'

const PAGE = 100
/** More rollouts than run anywhere at once. */
const MOST_PAGES = 20

/**
 * Every rollout that still runs and those that ended last: running ones come first, so the first page that ends with one
 * that is over is the last to look at. What is over never changes again.
 */
export async function lookAtList(context: ApiContext): Promise<readonly RolloutLine[]> {
  const lines: RolloutLine[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { rollouts, next } = await listRollouts(
      context,
      {},
      { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
    )
    lines.push(...rollouts)
    if (next === undefined || rollouts.at(-1)?.execution !== 'running') break
    cursor = next
  }
  return lines
}
