import type { Operation } from '../core/types.ts'
import { autoScalingState, removeTarget, resourceIdOf, scaledVariants } from '../autoscaling/state.ts'
import { isInProgress, setStatus } from './endpoint-status.ts'
import { reroute } from './endpoint-traffic.ts'
import { stopFleet } from './fleet.ts'
import { findEndpoint, invalid } from './names.ts'
import { sageMakerSettings } from './settings.ts'
import { sageMakerState } from './state.ts'

/** Also deregisters the scalable targets of its variants. */
export const deleteEndpoint: Operation = (call, input) => {
  const { world } = call
  const state = sageMakerState(world, call.accountId, call.region)
  const endpoint = findEndpoint(state, input.EndpointName)
  if (isInProgress(endpoint)) throw invalid(`Cannot update in-progress endpoint "${endpoint.arn}".`)
  const scaling = autoScalingState(world, call.accountId, call.region)
  for (const variant of scaledVariants(scaling, endpoint.name))
    removeTarget(scaling, resourceIdOf(endpoint.name, variant))
  setStatus(world, state, endpoint, 'Deleting')
  world.clock.after(sageMakerSettings(world).deleteMs, () => {
    stopFleet([...endpoint.variants, ...endpoint.shadows])
    reroute(world, state, endpoint, [])
    state.endpoints.delete(endpoint.name)
    state.tags.delete(endpoint.arn)
  })
  return {}
}
