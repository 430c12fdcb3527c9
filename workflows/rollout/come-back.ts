import { condition } from '@temporalio/workflow'
import type { Outcome } from '../../rollout/phases.ts'
import { combineOutcomes } from '../../rollout/outcome.ts'
import type { EndpointResult } from '../endpoint/protocol.ts'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import type { Stop } from './control.ts'
import type { RolloutRun } from './run.ts'

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
  const results = await Promise.all(keys.map((key) => putBack(run, key, stop.reason)))
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
  if (fleet.holds(key)) await fleet.order(key, { kind: 'revert', why }).catch(() => undefined)
  for (;;) {
    const ended = await fleet.ended(key)
    if (ended !== undefined && ended !== 'lost') return { ...ended, key }
    await recoverLost(run, key, why)
  }
}

/**
 * The child was terminated and took its compensations with it. A person is told; on `retry` a new child takes the lock
 * and puts the endpoint back from what its predecessor reported.
 */
async function recoverLost(run: RolloutRun, key: string, why: string): Promise<void> {
  const { state, control, fleet } = run
  const snapshot = fleet.snapshotOf(key)
  const target = run.planned(key)
  state.target(key, {
    state: 'NeedsHuman',
    message: 'its workflow was ended from outside; it cannot compensate any more',
  })
  state.instruct([
    `aws sagemaker describe-endpoint --region ${target.region} --endpoint-name ${target.endpoint}`,
    `sluice retry ${run.input.rolloutId}   # takes the endpoint over and puts it back`,
  ])
  state.enter('NeedsHuman', `${key}: its workflow was ended from outside; say retry to put the endpoint back`)
  const seen = control.retries
  await condition(() => control.retries > seen)
  state.enter('Reverting', `taking ${key} over`)
  try {
    await fleet.lock(target, {
      rolloutId: run.input.rolloutId,
      clockRate: run.clock.rate,
      source: run.source,
      watch: run.input.document.production.watch,
      waiters: [],
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    state.note('note', `${key} is held by another rollout now`, { target: key })
    return
  }
  await fleet
    .order(key, {
      kind: 'recover',
      target,
      snapshot: snapshot ?? { endpoint: null, config: null, scaling: [] },
    })
    .catch(() => undefined)
  await fleet.order(key, { kind: 'revert', why }).catch(() => undefined)
}
