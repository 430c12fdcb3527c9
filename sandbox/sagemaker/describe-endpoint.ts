import type { Operation, World } from '../core/types.ts'
import { listPage } from './listing.ts'
import { findEndpoint } from './names.ts'
import { sageMakerSettings } from './settings.ts'
import { sageMakerState, type Endpoint, type SageMakerState, type Variant, type Wire } from './state.ts'

const shown = (variant: Variant) => ({
  VariantName: variant.name,
  DeployedImages: variant.containers.map(({ image, resolvedImage, resolvedAt }) => ({
    SpecifiedImage: image,
    ResolvedImage: resolvedImage,
    ResolutionTime: new Date(resolvedAt),
  })),
  CurrentWeight: variant.currentWeight,
  DesiredWeight: variant.desiredWeight,
  ...(variant.config.ServerlessConfig
    ? {
        CurrentServerlessConfig: variant.config.ServerlessConfig,
        DesiredServerlessConfig: variant.config.ServerlessConfig,
      }
    : { CurrentInstanceCount: variant.currentCount, DesiredInstanceCount: variant.desiredCount }),
  ...(variant.status.length ? { VariantStatus: variant.status } : {}),
  ManagedInstanceScaling: variant.config.ManagedInstanceScaling,
  RoutingConfig: variant.config.RoutingConfig,
})

const pendingSummary = ({ pending, variants }: Endpoint) =>
  pending && {
    EndpointConfigName: pending.configName,
    StartTime: new Date(pending.startedAt),
    ProductionVariants: pending.variants.map(({ config, weight, count, status }) => ({
      VariantName: config.VariantName,
      CurrentWeight: variants.find(({ name }) => name === config.VariantName)?.currentWeight,
      DesiredWeight: weight,
      CurrentInstanceCount: config.InstanceType ? 0 : undefined,
      DesiredInstanceCount: config.InstanceType ? count : undefined,
      InstanceType: config.InstanceType,
      VariantStatus: status,
      RoutingConfig: config.RoutingConfig,
    })),
  }

const capture = (config: Wire | undefined) =>
  config && {
    EnableCapture: config.EnableCapture ?? true,
    CaptureStatus: config.EnableCapture === false ? 'Stopped' : 'Started',
    CurrentSamplingPercentage: config.InitialSamplingPercentage,
    DestinationS3Uri: config.DestinationS3Uri,
    KmsKeyId: config.KmsKeyId ?? '',
  }

/** What DescribeEndpoint says of the endpoint as it is now. */
export const describe = (state: SageMakerState, endpoint: Endpoint): Wire => {
  const config = state.configs.get(endpoint.configName)
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: endpoint.configName,
    ProductionVariants: endpoint.variants.length ? endpoint.variants.map(shown) : undefined,
    ShadowProductionVariants: endpoint.shadows.length ? endpoint.shadows.map(shown) : undefined,
    DataCaptureConfig: capture(endpoint.dataCapture),
    EndpointStatus: endpoint.status,
    FailureReason: endpoint.failureReason?.slice(0, 1024),
    CreationTime: new Date(endpoint.createdAt),
    LastModifiedTime: new Date(endpoint.modifiedAt),
    LastDeploymentConfig: endpoint.lastDeploymentConfig,
    AsyncInferenceConfig: config?.input.AsyncInferenceConfig,
    PendingDeploymentSummary: pendingSummary(endpoint),
  }
}

export const describeEndpoint: Operation = ({ world, accountId, region }, input) => {
  const state = sageMakerState(world, accountId, region)
  const endpoint = findEndpoint(state, input.EndpointName)
  const lag = world.clock.real(sageMakerSettings(world).describeLagMs)
  if (lag === 0) return describe(state, endpoint)
  if (endpoint.descriptions.length === 0) remember(world, state, endpoint)
  const { descriptions } = endpoint
  return (descriptions.findLast(({ since }) => since <= world.clock.now() - lag) ?? descriptions[0])?.shown
}

/** Keeps what is shown from now on, for readers who are behind. */
export const remember = (world: World, state: SageMakerState, endpoint: Endpoint): void => {
  if (sageMakerSettings(world).describeLagMs === 0) return
  endpoint.descriptions.push({ since: world.clock.now(), shown: describe(state, endpoint) })
}

/** Newest first unless asked otherwise, ten a page. */
export const listEndpoints: Operation = ({ world, accountId, region }, input) => {
  const state = sageMakerState(world, accountId, region)
  const { page, token } = listPage(state.endpoints.values(), input, { sortOrder: 'Descending' })
  return {
    Endpoints: page.map((endpoint) => ({
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      CreationTime: new Date(endpoint.createdAt),
      LastModifiedTime: new Date(endpoint.modifiedAt),
      EndpointStatus: endpoint.status,
    })),
    NextToken: token,
  }
}
