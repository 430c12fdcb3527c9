import { condition, metricMeter } from '@temporalio/workflow'
import type { Outcome, Phase } from '../../rollout/phases.ts'
import { combineOutcomes } from '../../rollout/outcome.ts'
import type { EndpointResult } from '../endpoint/protocol.ts'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import type { Stop } from './control.ts'
import { rollbackMetric } from '../metrics.ts'
import type { RolloutRun } from './run.ts'

/** From the reason to put back until every endpoint is back; real seconds. */
const rollbackSeconds = metricMeter.createHistogram(rollbackMetric.name, 'float', 's', rollbackMetric.help)

interface Ending {
  readonly outcome: Outcome
  readonly reason: string
}

/** Puts every endpoint back that the rollout holds, all at once; none waits for another or stops at another's failure. */
export async function comeBack(run: RolloutRun, stop: Stop): Promise<Ending> {
  const { state, control, fleet } = run
  control.revertingAll = true
  if (stop.verdict) state.verdict = stop.verdict
  const keys = fleet.keys()
  if (keys.length > 0) state.enter('Reverting', stop.reason)
  const began = Date.now()
  const results = await Promise.all(keys.map((key) => putBack(run, key, stop.reason)))
  if (results.some((result) => result.touched)) rollbackSeconds.record((Date.now() - began) / 1_000)
  const touched = results.some((result) => result.touched && isProduction(run, result.key))
  const conflict = results.find((result) => result.outcome === 'Conflict')
  state.markReverted()
  const own =
    stop.outcome === 'technical' ? (touched ? 'RolledBack' : 'Failed') : softened(stop.outcome, results)
  const outcome = combineOutcomes([own, ...(conflict ? (['Conflict'] as const) : [])])
  return {
    outcome,
    reason: conflict && own !== 'Conflict' ? `${stop.reason}; ${conflict.message}` : stop.reason,
  }
}

/** A lost child was recovered after all: production is as it was. */
function softened(outcome: Outcome, results: readonly EndpointResult[]): Outcome {
  return outcome === 'NeedsHuman' && results.every((one) => one.outcome !== 'Committed')
    ? 'RolledBack'
    : outcome
}

function isProduction(run: RolloutRun, key: string): boolean {
  return run.plan.targets.some((target) => target.key === key)
}

async function putBack(
  run: RolloutRun,
  key: string,
  why: string,
): Promise<EndpointResult & { readonly key: string }> {
  const { fleet } = run
  for (;;) {
    if (fleet.holds(key)) await fleet.order(key, { kind: 'revert', why }).catch(() => undefined)
    const ended = await fleet.ended(key)
    if (ended !== undefined && ended !== 'lost') {
      if (ended.outcome === 'Untouched')
        run.state.target(key, { state: 'Pending', message: 'given free as it was' })
      return { ...ended, key }
    }
    if (!(await takeOver(run, key, 'Reverting', 'put the endpoint back'))) {
      return { outcome: 'Untouched', touched: false, message: 'it was lost before it changed anything', key }
    }
  }
}

/**
 * The child was ended from outside and took its memory with it. A person is told; on `retry` a new child takes the lock
 * and knows from its predecessor's report how the endpoint was. False: there is nothing to take over.
 */
export async function takeOver(
  run: RolloutRun,
  key: string,
  phase: Phase,
  purpose: string,
): Promise<boolean> {
  const { state, control, fleet } = run
  const begun = fleet.begunOf(key)
  if (!begun) return false
  const target = run.planned(key)
  state.target(key, { state: 'NeedsHuman', message: 'its workflow was ended from outside' })
  state.instruct([
    `aws sagemaker describe-endpoint --region ${target.region} --endpoint-name ${target.endpoint}`,
    `sluice retry ${run.input.rolloutId}   # takes the endpoint over, to ${purpose}`,
  ])
  for (;;) {
    state.enter('NeedsHuman', `${key}: its workflow was ended from outside; say retry to ${purpose}`)
    const seen = control.retries
    await condition(() => control.retries > seen)
    try {
      await fleet.lock(target, {
        rolloutId: run.input.rolloutId,
        clockRate: run.clock.rate,
        source: run.source,
        watch: run.input.document.production.watch,
        waiters: [],
      })
      break
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      state.note('note', `${key} is held by another rollout now`, { target: key })
    }
  }
  state.enter(phase, `taking ${key} over`)
  fleet.adopt(key, begun)
  await fleet.order(key, { kind: 'recover', target, ...begun }).catch(() => undefined)
  return true
}
