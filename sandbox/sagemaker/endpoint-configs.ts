import type { Operation, World } from '../core/types.ts'
import { listPage } from './listing.ts'
import { alreadyExists, arnOf, couldNotFind, invalid, sameName } from './names.ts'
import { sageMakerSettings } from './settings.ts'
import { sageMakerState, type EndpointConfig, type SageMakerState, type Wire } from './state.ts'
import { setTags } from './tags.ts'

/** Instances whose only disk is a local NVMe one: a volume key cannot be used. */
const LOCAL_STORAGE = /^ml\.(g4dn|g5|g6|g6e|p4d|p4de|p5|p5e|m5d|c5d|r5d|inf2|trn1)\./

/** Production variants and shadow variants together. */
export const variantsOf = (input: Wire): readonly Wire[] => [
  ...(input.ProductionVariants ?? []),
  ...(input.ShadowProductionVariants ?? []),
]

const checkVariants = (state: SageMakerState, input: Wire): void => {
  const variants = variantsOf(input)
  const names = variants.map((variant) => variant.VariantName)
  if (new Set(names).size !== names.length)
    throw invalid('Variant names must be unique within an endpoint configuration.')
  if (
    input.ShadowProductionVariants?.length &&
    (variants.length !== 2 || input.ShadowProductionVariants.length !== 1)
  ) {
    throw invalid(
      'Exactly one production variant and one shadow production variant are required for shadow testing.',
    )
  }
  for (const variant of variants) {
    if (!variant.ModelName)
      throw invalid('The sandbox has no inference components: every variant needs a ModelName.')
    if (!state.models.has(variant.ModelName)) throw couldNotFind(state, 'model', variant.ModelName)
    if (variant.ServerlessConfig) {
      if (variants.length > 1) throw invalid('Only one variant is supported for serverless endpoints.')
      continue
    }
    if (!variant.InstanceType) throw invalid(`InstanceType is required for variant ${variant.VariantName}.`)
    if (!variant.InitialInstanceCount)
      throw invalid(`InitialInstanceCount is required for variant ${variant.VariantName}.`)
    if (input.KmsKeyId && LOCAL_STORAGE.test(variant.InstanceType)) {
      throw invalid(
        `KmsKeyId is not supported for instance type ${variant.InstanceType}, which uses local instance storage.`,
      )
    }
  }
  if (input.AsyncInferenceConfig && variants.length > 1)
    throw invalid('Only one variant is supported for asynchronous endpoints.')
}

/** Immutable once created; for a moment afterwards SageMaker may not find it (`consistencyMs`). */
export const createEndpointConfig: Operation = (call, input) => {
  const state = sageMakerState(call.world, call.accountId, call.region)
  const name: string = input.EndpointConfigName
  if (sameName(state.configs, name)) throw alreadyExists(state, 'endpoint-config', name)
  checkVariants(state, input)
  const { Tags, ...kept } = input
  const weighted = (variants: readonly Wire[] | undefined) =>
    variants?.map((variant) => ({ ...variant, InitialVariantWeight: variant.InitialVariantWeight ?? 1 }))
  const config: EndpointConfig = {
    name,
    arn: arnOf(state, 'endpoint-config', name),
    createdAt: call.world.clock.now(),
    input: {
      ...kept,
      ProductionVariants: weighted(kept.ProductionVariants),
      ShadowProductionVariants: weighted(kept.ShadowProductionVariants),
    },
  }
  state.configs.set(name, config)
  setTags(state, config.arn, Tags)
  return { EndpointConfigArn: config.arn }
}

/** The config, unless it is missing or too new to be seen everywhere. */
export const findConfig = (world: World, state: SageMakerState, name: string): EndpointConfig => {
  const config = state.configs.get(name)
  const settled = world.clock.now() - world.clock.real(sageMakerSettings(world).consistencyMs)
  if (!config || config.createdAt > settled) throw couldNotFind(state, 'endpoint-config', name)
  return config
}

export const describeEndpointConfig: Operation = (call, input) => {
  const config = findConfig(
    call.world,
    sageMakerState(call.world, call.accountId, call.region),
    input.EndpointConfigName,
  )
  return { ...config.input, EndpointConfigArn: config.arn, CreationTime: new Date(config.createdAt) }
}

/** Accepted even while an endpoint uses it. */
export const deleteEndpointConfig: Operation = (call, input) => {
  const state = sageMakerState(call.world, call.accountId, call.region)
  const config = state.configs.get(input.EndpointConfigName)
  if (!config) throw couldNotFind(state, 'endpoint-config', input.EndpointConfigName)
  state.configs.delete(config.name)
  state.tags.delete(config.arn)
  return {}
}

export const listEndpointConfigs: Operation = (call, input) => {
  const state = sageMakerState(call.world, call.accountId, call.region)
  const { page, token } = listPage(state.configs.values(), input, { sortOrder: 'Descending' })
  return {
    EndpointConfigs: page.map((config) => ({
      EndpointConfigName: config.name,
      EndpointConfigArn: config.arn,
      CreationTime: new Date(config.createdAt),
    })),
    NextToken: token,
  }
}
