import type { Operation, World } from '../core/types.ts'
import { reroute } from './endpoint-traffic.ts'
import { isInProgress, pause, setStatus } from './endpoint-status.ts'
import { whyNotLaunchable } from './fleet.ts'
import { checkInstanceLimit, countInstances } from './instance-limits.ts'
import { findEndpoint, invalid } from './names.ts'
import { sageMakerSettings } from './settings.ts'
import { sageMakerState, type Endpoint, type SageMakerState, type Variant } from './state.ts'

/** What one variant shall have. */
export interface DesiredVariant {
  readonly VariantName: string
  readonly DesiredWeight?: number
  readonly DesiredInstanceCount?: number
}

const read = (
  endpoint: Endpoint,
  desired: readonly DesiredVariant[],
): ReadonlyMap<Variant, DesiredVariant> => {
  const found = new Map<Variant, DesiredVariant>()
  for (const one of desired) {
    const variant = [...endpoint.variants, ...endpoint.shadows].find(({ name }) => name === one.VariantName)
    if (!variant) throw invalid(`Variant "${one.VariantName}" does not exist in endpoint "${endpoint.arn}".`)
    if (found.has(variant))
      throw invalid(`Variant names must be unique: "${one.VariantName}" is given more than once.`)
    if (one.DesiredWeight === undefined && one.DesiredInstanceCount === undefined) {
      throw invalid(
        `Variant "${one.VariantName}": one of DesiredWeight and DesiredInstanceCount must be given.`,
      )
    }
    if (one.DesiredInstanceCount === 0)
      throw invalid(`DesiredInstanceCount of variant "${one.VariantName}" must be at least 1.`)
    if (one.DesiredInstanceCount !== undefined && variant.config.ServerlessConfig) {
      throw invalid(`DesiredInstanceCount cannot be set for the serverless variant "${one.VariantName}".`)
    }
    found.set(variant, one)
  }
  return found
}

const whyNot = async (
  world: World,
  state: SageMakerState,
  endpoint: Endpoint,
  growing: readonly Variant[],
) => {
  const scope = {
    service: 'sagemaker',
    operation: 'UpdateEndpointWeightsAndCapacities',
    accountId: state.accountId,
    region: state.region,
    name: endpoint.name,
  }
  const armed = world.takeFault('weights-failed', scope)
  if (armed)
    return String(
      armed.with.reason ??
        'Request to service failed. If failure persists after retry, contact customer support.',
    )
  if (growing.length && world.takeFault('capacity-error', scope)) {
    return 'CapacityError: Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error.'
  }
  for (const variant of growing) {
    const reason = await whyNotLaunchable(world, state, variant)
    if (reason) return reason
  }
  return undefined
}

const run = async (world: World, state: SageMakerState, endpoint: Endpoint, changed: readonly Variant[]) => {
  const { weightsMs } = sageMakerSettings(world)
  const slow = world.takeFault('slow-deployment', {
    service: 'sagemaker',
    operation: 'UpdateEndpointWeightsAndCapacities',
    accountId: state.accountId,
    region: state.region,
    name: endpoint.name,
  })
  await pause(world, weightsMs * Number(slow?.with.factor ?? 1))
  const reason = await whyNot(
    world,
    state,
    endpoint,
    changed.filter((variant) => variant.desiredCount > variant.currentCount),
  )
  if (reason) {
    setStatus(world, state, endpoint, 'RollingBack')
    await pause(world, weightsMs / 2)
  }
  for (const variant of changed) {
    if (reason) [variant.desiredWeight, variant.desiredCount] = [variant.currentWeight, variant.currentCount]
    else [variant.currentWeight, variant.currentCount] = [variant.desiredWeight, variant.desiredCount]
    variant.status = []
  }
  endpoint.failureReason = reason
  reroute(world, state, endpoint)
  setStatus(world, state, endpoint, 'InService')
  endpoint.onRest()
}

/** Changes weights and counts of running variants; their fleets stay, only counts that grow launch instances. */
export const changeWeights = (
  world: World,
  state: SageMakerState,
  endpoint: Endpoint,
  desired: readonly DesiredVariant[],
): void => {
  if (isInProgress(endpoint)) throw invalid(`Cannot update in-progress endpoint "${endpoint.arn}".`)
  if (endpoint.status !== 'InService')
    throw invalid(
      `Endpoint "${endpoint.arn}" is in status ${endpoint.status}; weights and capacities cannot be updated.`,
    )
  const changes = read(endpoint, desired)
  const growth = [...changes].map(([variant, one]) => ({
    type: variant.config.InstanceType as string | undefined,
    count: Math.max(
      0,
      (one.DesiredInstanceCount ?? 0) - Math.max(variant.currentCount, variant.desiredCount),
    ),
  }))
  checkInstanceLimit(world, state, countInstances(growth.filter(({ count }) => count > 0)))
  for (const [variant, one] of changes) {
    variant.desiredWeight = one.DesiredWeight ?? variant.desiredWeight
    variant.desiredCount = one.DesiredInstanceCount ?? variant.desiredCount
    const message =
      variant.desiredCount > variant.currentCount
        ? `Scaling out desired instance count to ${variant.desiredCount}.`
        : undefined
    variant.status = [
      {
        Status: 'Updating',
        ...(message ? { StatusMessage: message } : {}),
        StartTime: new Date(world.clock.now()),
      },
    ]
  }
  setStatus(world, state, endpoint, 'Updating')
  void run(world, state, endpoint, [...changes.keys()])
}

/** `UpdateEndpointWeightsAndCapacities`. */
export const updateWeightsAndCapacities: Operation = ({ world, accountId, region }, input) => {
  const state = sageMakerState(world, accountId, region)
  const endpoint = findEndpoint(state, input.EndpointName)
  changeWeights(world, state, endpoint, input.DesiredWeightsAndCapacities)
  return { EndpointArn: endpoint.arn }
}
