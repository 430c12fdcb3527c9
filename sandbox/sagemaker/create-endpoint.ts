import type { Operation, World } from '../core/types.ts'
import { beginDeployment, type Deployment } from './deploy.ts'
import { findConfig } from './endpoint-configs.ts'
import { initial, instancesOf } from './fleet-requests.ts'
import { checkInstanceLimit } from './instance-limits.ts'
import { publishMetrics } from './metrics.ts'
import { alreadyExists, arnOf, sameName } from './names.ts'
import { settle } from './rest.ts'
import { sageMakerState, type Endpoint, type SageMakerState, type Wire } from './state.ts'
import { setTags } from './tags.ts'

/** A new endpoint record that nothing serves yet. */
export const newEndpoint = (
  world: World,
  state: SageMakerState,
  name: string,
  configName: string,
): Endpoint => {
  const now = world.clock.now()
  const endpoint: Endpoint = {
    name,
    arn: arnOf(state, 'endpoint', name),
    createdAt: now,
    modifiedAt: now,
    status: 'Creating',
    configName,
    failureReason: undefined,
    variants: [],
    shadows: [],
    pending: undefined,
    lastDeploymentConfig: undefined,
    dataCapture: undefined,
    invocations: 0,
    descriptions: [],
    onRest: () => settle(world, state, endpoint),
  }
  return endpoint
}

export const createEndpoint: Operation = (call, input) => {
  const { world } = call
  const state = sageMakerState(world, call.accountId, call.region)
  const name: string = input.EndpointName
  if (sameName(state.endpoints, name)) throw alreadyExists(state, 'endpoint', name)
  const config = findConfig(world, state, input.EndpointConfigName)
  const deployment: Deployment = {
    operation: 'CreateEndpoint',
    configName: config.name,
    variants: config.input.ProductionVariants.map((variant: Wire) => initial(variant)),
    shadows: (config.input.ShadowProductionVariants ?? []).map((variant: Wire) => initial(variant)),
    deploymentConfig: undefined,
    dataCapture: config.input.DataCaptureConfig,
  }
  checkInstanceLimit(world, state, instancesOf([...deployment.variants, ...deployment.shadows]))
  const endpoint = newEndpoint(world, state, name, config.name)
  state.endpoints.set(name, endpoint)
  setTags(state, endpoint.arn, input.Tags)
  publishMetrics(world, state)
  beginDeployment(world, state, endpoint, deployment)
  return { EndpointArn: endpoint.arn }
}
