import type { Call, Operation } from '../core/types.ts'
import { autoScalingState, scaledVariants } from '../autoscaling/state.ts'
import { beginDeployment, type Deployment } from './deploy.ts'
import { findConfig } from './endpoint-configs.ts'
import { isInProgress } from './endpoint-status.ts'
import type { FleetRequest } from './fleet.ts'
import { initial, instancesOf } from './fleet-requests.ts'
import { checkGuardrails } from './guardrails.ts'
import { checkInstanceLimit } from './instance-limits.ts'
import { findEndpoint, invalid } from './names.ts'
import { sageMakerState, type Endpoint, type Wire } from './state.ts'

/** SageMaker refuses to remove a scaled variant, or to change its instance type, until it is deregistered. */
const checkScaling = (call: Call, endpoint: Endpoint, next: Wire): void => {
  const scaled = scaledVariants(autoScalingState(call.world, call.accountId, call.region), endpoint.name)
  const blocked = endpoint.variants
    .filter(({ name }) => scaled.includes(name))
    .filter(({ name, config }) => {
      const other = next.ProductionVariants.find((variant: Wire) => variant.VariantName === name)
      return !other || other.InstanceType !== config.InstanceType
    })
  if (blocked.length === 0) return
  throw invalid(
    `The variant(s) "[${blocked.map(({ name }) => name).join(', ')}]" must be deregistered as scalable targets with AutoScaling before they can be removed or have their instance type updated.`,
  )
}

const retained = (input: Wire, property: string): boolean =>
  input.RetainAllVariantProperties === true &&
  !(input.ExcludeRetainedVariantProperties ?? []).some((one: Wire) => one.VariantPropertyType === property)

/** Relaunches every variant; weights and counts become the config's initial ones unless they are retained. */
export const updateEndpoint: Operation = (call, input) => {
  const { world } = call
  const state = sageMakerState(world, call.accountId, call.region)
  const endpoint = findEndpoint(state, input.EndpointName)
  if (isInProgress(endpoint)) throw invalid(`Cannot update in-progress endpoint "${endpoint.arn}".`)
  if (endpoint.status === 'Failed')
    throw invalid(`Endpoint "${endpoint.arn}" is in status Failed; it can only be deleted.`)
  const config = findConfig(world, state, input.EndpointConfigName)
  const deploymentConfig: Wire | undefined =
    input.DeploymentConfig ?? (input.RetainDeploymentConfig ? endpoint.lastDeploymentConfig : undefined)
  if (deploymentConfig) checkGuardrails(deploymentConfig, endpoint, config.input)
  checkScaling(call, endpoint, config.input)
  const request = (variant: Wire): FleetRequest => {
    const fresh = initial(variant, deploymentConfig && config.name)
    const current = endpoint.variants.find(({ name }) => name === variant.VariantName)
    return {
      ...fresh,
      weight: current && retained(input, 'DesiredWeight') ? current.desiredWeight : fresh.weight,
      count: current && retained(input, 'DesiredInstanceCount') ? current.desiredCount : fresh.count,
    }
  }
  const deployment: Deployment = {
    operation: 'UpdateEndpoint',
    configName: config.name,
    variants: config.input.ProductionVariants.map(request),
    shadows: (config.input.ShadowProductionVariants ?? []).map(request),
    deploymentConfig,
    dataCapture: retained(input, 'DataCaptureConfig') ? endpoint.dataCapture : config.input.DataCaptureConfig,
  }
  checkInstanceLimit(world, state, instancesOf([...deployment.variants, ...deployment.shadows]))
  beginDeployment(world, state, endpoint, deployment)
  return { EndpointArn: endpoint.arn }
}
