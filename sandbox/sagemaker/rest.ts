import { randomUUID } from 'node:crypto'
import type { Call, World } from '../core/types.ts'
import { isInProgress } from './endpoint-status.ts'
import { durationOf, maintain } from './maintenance.ts'
import type { Endpoint, SageMakerState } from './state.ts'
import { updateEndpoint } from './update-endpoint.ts'
import { updateWeightsAndCapacities } from './weights.ts'

/** What somebody else does to an endpoint: another config, or other weights and counts by variant. */
export interface ForeignUpdate {
  readonly weights?: Readonly<Record<string, number>>
  readonly counts?: Readonly<Record<string, number>>
  readonly config?: string
}

/** Somebody else changes the endpoint now, by the calls that everybody uses. Throws what SageMaker would answer them. */
export const foreignUpdate = (
  {
    world,
    state,
    endpoint,
  }: { readonly world: World; readonly state: SageMakerState; readonly endpoint: Endpoint },
  { weights = {}, counts = {}, config }: ForeignUpdate,
): void => {
  const { accountId, region } = state
  const call: Call = {
    world,
    service: 'sagemaker',
    operation: 'foreign-update',
    principal: { accountId, arn: `arn:aws:iam::${accountId}:user/somebody-else` },
    accountId,
    region,
    requestId: randomUUID(),
  }
  if (config !== undefined)
    return void updateEndpoint(call, { EndpointName: endpoint.name, EndpointConfigName: config })
  const names = [...new Set([...Object.keys(weights), ...Object.keys(counts)])]
  void updateWeightsAndCapacities(call, {
    EndpointName: endpoint.name,
    DesiredWeightsAndCapacities: names.map((VariantName) => ({
      VariantName,
      DesiredWeight: weights[VariantName],
      DesiredInstanceCount: counts[VariantName],
    })),
  })
}

/** When an endpoint came to rest: acts out maintenance and other people's updates that were armed for it. */
export const settle = (world: World, state: SageMakerState, endpoint: Endpoint): void => {
  if (isInProgress(endpoint)) return
  const scope = {
    service: 'sagemaker',
    accountId: state.accountId,
    region: state.region,
    name: endpoint.name,
  }
  const maintenance = world.takeFault('maintenance', scope)
  if (maintenance) return maintain(world, state, endpoint, maintenance.with.for)
  const foreign = world.takeFault('foreign-update', scope)
  if (!foreign) return
  world.clock.after(durationOf(foreign.with.after, 0), () => {
    if (state.endpoints.get(endpoint.name) !== endpoint || isInProgress(endpoint)) return
    try {
      foreignUpdate({ world, state, endpoint }, foreign.with)
    } catch {
      // Somebody else's call was refused; that is theirs to see.
    }
  })
}
