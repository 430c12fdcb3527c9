import type { World } from '../core/types.ts'
import type { SageMakerState, Variant } from './state.ts'

const each = <T>(world: World, rows: (state: SageMakerState) => readonly T[]) =>
  world
    .states<SageMakerState>('sagemaker')
    .flatMap(({ accountId, region, state }) => rows(state).map((row) => ({ accountId, region, ...row })))

const tagsOf = (state: SageMakerState, arn: string) => Object.fromEntries(state.tags.get(arn) ?? [])

const variant = (one: Variant) => ({
  name: one.name,
  model: one.config.ModelName as string,
  instanceType: one.config.InstanceType as string | undefined,
  currentWeight: one.currentWeight,
  desiredWeight: one.desiredWeight,
  currentCount: one.currentCount,
  desiredCount: one.desiredCount,
  startedAt: new Date(one.startedAt).toISOString(),
  containers: one.containers.map(({ hostname, image, resolvedImage, modelData }) => ({
    hostname,
    image,
    resolvedImage,
    modelData,
  })),
})

/** What exists in SageMaker, for people and for tests that look for what nobody owns. */
export const dumps = {
  models: (world: World) =>
    each(world, (state) =>
      [...state.models.values()].map(({ name, arn, input }) => ({
        name,
        arn,
        tags: tagsOf(state, arn),
        input,
      })),
    ),
  endpointConfigs: (world: World) =>
    each(world, (state) =>
      [...state.configs.values()].map(({ name, arn, input }) => ({
        name,
        arn,
        tags: tagsOf(state, arn),
        input,
      })),
    ),
  endpoints: (world: World) =>
    each(world, (state) =>
      [...state.endpoints.values()].map((endpoint) => ({
        name: endpoint.name,
        arn: endpoint.arn,
        tags: tagsOf(state, endpoint.arn),
        status: endpoint.status,
        config: endpoint.configName,
        failureReason: endpoint.failureReason,
        pendingConfig: endpoint.pending?.configName,
        variants: endpoint.variants.map(variant),
        shadows: endpoint.shadows.map(variant),
        traffic: state.traffic.get(endpoint.name)?.requestsPerSecond ?? 0,
      })),
    ),
  modelPackageGroups: (world: World) =>
    each(world, (state) =>
      [...state.groups.values()].map(({ name, arn, policy }) => ({
        name,
        arn,
        policy,
        tags: tagsOf(state, arn),
      })),
    ),
  modelPackages: (world: World) =>
    each(world, (state) =>
      [...state.packages.values()].map(({ arn, group, version, status, input }) => ({
        arn,
        group,
        version,
        status,
        input,
      })),
    ),
} as const
