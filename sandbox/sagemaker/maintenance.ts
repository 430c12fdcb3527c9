import type { World } from '../core/types.ts'
import { readDuration } from '../serving/behaviour.ts'
import { pause, setStatus, isInProgress } from './endpoint-status.ts'
import { whyNotLaunchable } from './fleet.ts'
import { invalid } from './names.ts'
import { sageMakerSettings } from './settings.ts'
import type { Endpoint, SageMakerState } from './state.ts'

/** Sandbox ms of a number or of a duration such as `5m`. */
export const durationOf = (value: unknown, fallback: number): number => {
  if (value === undefined) return fallback
  const ms = typeof value === 'number' ? value : readDuration(String(value))
  if (ms === undefined)
    throw new RangeError(`for: found '${String(value)}'; allowed: sandbox ms, or a duration such as 5m`)
  return ms
}

/**
 * SageMaker patches an endpoint's hosts: SystemUpdating for a while, then InService, with a FailureReason if the model,
 * its artifact or its image is gone. Throws when the endpoint is busy.
 */
export const maintain = (world: World, state: SageMakerState, endpoint: Endpoint, lasts?: unknown): void => {
  if (isInProgress(endpoint)) throw invalid(`Cannot update in-progress endpoint "${endpoint.arn}".`)
  const ms = durationOf(lasts, sageMakerSettings(world).maintenanceMs)
  setStatus(world, state, endpoint, 'SystemUpdating')
  void (async () => {
    await pause(world, ms)
    for (const variant of endpoint.variants)
      endpoint.failureReason = (await whyNotLaunchable(world, state, variant)) ?? endpoint.failureReason
    setStatus(world, state, endpoint, 'InService')
    endpoint.onRest()
  })()
}
