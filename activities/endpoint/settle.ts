import type { EndpointFacts } from '../../rollout/facts.ts'
import type { AwaitEndpoint, Settled } from '../contract.ts'
import { sameNumber } from '../../rollout/deploy/fingerprint.ts'
import { isMoving } from './standing.ts'

/** What one look means. A surprise is believed only when the next look sees it too: descriptions may lag behind a change. */
export type Standing =
  | { readonly kind: 'moving'; readonly waitingFor: string }
  | { readonly kind: 'rests'; readonly settled: Settled }
  | { readonly kind: 'surprise'; readonly settled: Settled }

type Expectation = Pick<AwaitEndpoint, 'expect' | 'previous'> & {
  /** Whether the endpoint was seen RollingBack during this wait: SageMaker then undid a change of weights or counts. */
  readonly rolledBack: boolean
}

/**
 * The success predicate of every change: InService on the config that was asked for, nothing pending, weights live as
 * desired. InService alone proves nothing, because SageMaker rolls back silently.
 */
export function settle(endpoint: EndpointFacts | null, expectation: Expectation): Standing {
  const { expect } = expectation
  const rests = (state: Settled['state'], reason = ''): Standing => ({
    kind: 'rests',
    settled: { state, reason, endpoint },
  })
  const surprise = (state: Settled['state'], reason: string): Standing => ({
    kind: 'surprise',
    settled: { state, reason, endpoint },
  })
  const moving = (waitingFor: string): Standing => ({ kind: 'moving', waitingFor })

  if (!endpoint) return surprise('gone', 'the endpoint does not exist')
  const { name, status, configName } = endpoint
  if (expect.createdAt !== undefined && endpoint.createdAt !== expect.createdAt) {
    return surprise('conflict', `endpoint ${name} was deleted and created again at ${endpoint.createdAt}`)
  }
  if (isMoving(endpoint)) {
    return moving(
      `endpoint ${name} is ${status}${status === 'SystemUpdating' ? ' (maintenance by AWS)' : ''}`,
    )
  }
  if (status === 'UpdateRollbackFailed') return rests('rollback-failed', endpoint.failureReason)
  if (status !== 'InService') return rests('failed', endpoint.failureReason ?? `the endpoint is ${status}`)
  if (endpoint.pendingConfigName !== undefined) {
    return moving(`endpoint ${name} is on its way to config ${endpoint.pendingConfigName}`)
  }
  if (configName === '') return moving(`endpoint ${name} does not name its config yet`)
  if (configName === expect.config) return onConfig(endpoint, expectation, { rests, surprise, moving })
  if (configName === expectation.previous) return surprise('rolled-back', endpoint.failureReason ?? '')
  return surprise(
    'conflict',
    `endpoint ${name} is on config ${configName}, which is neither ${expect.config} nor the one from before`,
  )
}

interface Answers {
  rests(state: Settled['state'], reason?: string): Standing
  surprise(state: Settled['state'], reason: string): Standing
  moving(waitingFor: string): Standing
}

function onConfig(
  endpoint: EndpointFacts,
  { expect, rolledBack }: Expectation,
  { rests, surprise, moving }: Answers,
): Standing {
  const undone = (found: string): Standing =>
    rolledBack || endpoint.failureReason
      ? surprise('rolled-back', endpoint.failureReason ?? '')
      : surprise('conflict', `endpoint ${endpoint.name}: ${found}`)
  const variants = new Map(endpoint.variants.map((variant) => [variant.name, variant]))
  for (const [name, weight] of Object.entries(expect.weights ?? {})) {
    const desired = variants.get(name)?.desiredWeight
    if (desired === undefined) return surprise('conflict', `endpoint ${endpoint.name} has no variant ${name}`)
    if (!sameNumber(desired, weight)) return undone(`the weight of ${name} is ${desired}, not ${weight}`)
  }
  const stranger =
    expect.weights && endpoint.variants.find((variant) => expect.weights?.[variant.name] === undefined)
  if (stranger) return surprise('conflict', `endpoint ${endpoint.name} has a variant ${stranger.name}`)
  for (const [name, count] of Object.entries(expect.counts ?? {})) {
    const variant = variants.get(name)
    if (!variant) return surprise('conflict', `endpoint ${endpoint.name} has no variant ${name}`)
    if (variant.desiredCount < count) {
      return undone(`${name} has ${variant.desiredCount} instances, not ${count}`)
    }
    if (variant.currentCount !== variant.desiredCount) {
      return moving(`${name} has ${variant.currentCount} of ${variant.desiredCount} instances`)
    }
  }
  const shifting = endpoint.variants.find(
    (variant) => !sameNumber(variant.currentWeight, variant.desiredWeight),
  )
  if (shifting) {
    return moving(
      `${shifting.name} has a weight of ${shifting.currentWeight} on its way to ${shifting.desiredWeight}`,
    )
  }
  return rests('as-expected')
}
