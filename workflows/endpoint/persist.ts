import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow'
import type { EndpointContext } from './context.ts'
import { problemOf, ProblemError } from '../problem.ts'
import { instructionsFor } from './instructions.ts'

/** Without success for so long, a person is told; trying goes on. */
const usualPatience = 10 * 60_000
/** As `usualPatience`, for what waits for its turn among thousands of other readings (`unhurried`). */
export const cleanUpPatience = 30 * 60_000
/** In real time: a scaled clock makes neither Temporal nor the network faster. */
const shortestPatience = 15_000
const firstPause = 15_000
const longestPause = 60 * 60_000

/**
 * Does what must be done, however long it takes. Retryable failures are retried by Temporal inside `task`; a permanent
 * one tells a person at once, and is tried again after a pause or when someone says `retry`. Only a Conflict is thrown:
 * what somebody else changed is not ours to change back.
 */
export async function persist(
  ctx: EndpointContext,
  name: string,
  task: () => Promise<void>,
  patience = usualPatience,
): Promise<void> {
  let stuck = false
  const tell = (why: string): void => {
    stuck = true
    ctx.state = 'NeedsHuman'
    ctx.report({ kind: 'stuck', message: `${name}: ${why}`, instructions: instructionsFor(ctx) })
  }

  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    const overdue = new CancellationScope()
    const alarm = overdue
      .run(async () => {
        await sleep(Math.max(ctx.clock.real(patience), shortestPatience), {
          summary: `${name}: tell a person if it takes longer`,
        })
        tell(`no success for ${patience / 60_000} minutes; still trying`)
      })
      .catch(() => undefined)
    try {
      await task()
      overdue.cancel()
      await alarm
      if (stuck) ctx.report({ kind: 'unstuck' })
      return
    } catch (error) {
      overdue.cancel()
      await alarm
      const problem = isCancellation(error)
        ? { type: 'Transient' as const, message: 'was cancelled from outside' }
        : problemOf(error)
      if (problem.type === 'Conflict') throw new ProblemError(problem)
      tell(problem.message)
    }
    ctx.retryRequested = false
    await condition(() => ctx.retryRequested, ctx.clock.real(pause), {
      summary: `${name}: pause before the next try`,
    })
  }
}
