import fc from 'fast-check'
import { anyRandomCase, type Case } from './random.ts'
import type { Recording } from './recording.ts'

/**
 * The simplest case that still fails, of the random one with this number (from 1): fewer faults and messages, a plainer
 * document. Asks `passes` for the case itself first and for one simpler case after another, at most `tries` times.
 * Undefined when the case itself passes.
 */
export async function simplestFailure(
  recording: Recording,
  seed: number,
  number: number,
  passes: (one: Case) => Promise<boolean>,
  tries: number,
): Promise<Case | undefined> {
  let asked = 0
  let simplest: Case | undefined
  const property = fc.asyncProperty(anyRandomCase(recording), async (one) => {
    // No further rollout is begun: what was not asked counts as passed.
    if (++asked > tries || (await passes(one))) return true
    simplest = one
    return false
  })
  await fc.check(property, { seed, path: `${number - 1}`, numRuns: 1 })
  return simplest
}
