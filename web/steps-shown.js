/**
 * @import { StepView } from '../rollout/view.ts'
 * @typedef {{ readonly over: readonly StepView[], readonly shown: readonly StepView[] }} Folded
 */

/** Fewer than this are not worth a click. */
const WORTH = 6
/** Of what is over so much still stands there, to see where the rollout comes from. */
const NEAR = 2

/**
 * While a rollout runs, what is long over is folded away so that what happens now is seen without scrolling.
 * @param {readonly StepView[]} steps
 * @param {boolean} running
 * @returns {Folded}
 */
export function foldSteps(steps, running) {
  const next = steps.findIndex(({ state }) => state !== 'Passed' && state !== 'Skipped')
  const over = running ? Math.max(0, (next < 0 ? steps.length : next) - NEAR) : 0
  if (over < WORTH) return { over: [], shown: steps }
  return { over: steps.slice(0, over), shown: steps.slice(over) }
}
