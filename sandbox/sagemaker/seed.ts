import { randomUUID } from 'node:crypto'
import type { Call, Operation, World } from '../core/types.ts'
import { minuteMs } from '../cloudwatch/periods.ts'
import { newEndpoint } from './create-endpoint.ts'
import { createEndpointConfig } from './endpoint-configs.ts'
import { reroute, setTraffic, type TrafficRequest } from './endpoint-traffic.ts'
import { launchFleet } from './fleet.ts'
import { initial } from './fleet-requests.ts'
import { publishMetrics } from './metrics.ts'
import { createModel } from './models.ts'
import { createGroup, putGroupPolicy } from './package-groups.ts'
import { createPackage } from './packages.ts'
import { sageMakerState, type Wire } from './state.ts'
import { setTags } from './tags.ts'

/** Where a seeded resource is. */
export interface Where {
  readonly account: string
  readonly region: string
}

/** A model package group; `policy` lets other accounts in. */
export interface GroupSeed extends Where {
  readonly name: string
  readonly description?: string
  readonly policy?: object
  readonly tags?: Readonly<Record<string, string>>
}

/** A version of a group: the members of `CreateModelPackage`. Seeded in order, so the first is version 1. */
export interface PackageSeed extends Where {
  readonly ModelPackageGroupName?: string
  readonly [member: string]: unknown
}

/** A model, in the members of `CreateModel`. */
export interface ModelSeed extends Where {
  readonly ModelName: string
  readonly [member: string]: unknown
}

/** An endpoint config, in the members of `CreateEndpointConfig`. */
export interface ConfigSeed extends Where {
  readonly EndpointConfigName: string
  readonly [member: string]: unknown
}

/** An endpoint that is in service already, with the traffic of its callers. */
export interface EndpointSeed extends Where {
  readonly name: string
  readonly config: string
  readonly tags?: Readonly<Record<string, string>>
  readonly traffic?: TrafficRequest
  /** How long it has existed, sandbox days; default 8. */
  readonly days?: number
}

const callOf = (world: World, { account, region }: Where): Call => ({
  world,
  service: 'sagemaker',
  operation: 'seed',
  principal: { accountId: account, arn: `arn:aws:iam::${account}:user/seed` },
  accountId: account,
  region,
  requestId: randomUUID(),
})

const wireTags = (tags: Readonly<Record<string, string>> | undefined) =>
  Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }))

const each =
  (operation: Operation) =>
  async (world: World, seeds: readonly (Where & Wire)[]): Promise<void> => {
    for (const { account, region, ...input } of seeds)
      await operation(callOf(world, { account, region }), input)
  }

export const seedGroups = (world: World, groups: readonly GroupSeed[]): void => {
  for (const group of groups) {
    const call = callOf(world, group)
    void createGroup(call, {
      ModelPackageGroupName: group.name,
      ModelPackageGroupDescription: group.description,
      Tags: wireTags(group.tags),
    })
    if (group.policy)
      void putGroupPolicy(call, {
        ModelPackageGroupName: group.name,
        ResourcePolicy: JSON.stringify(group.policy),
      })
  }
}

export const seedPackages = each(createPackage)
export const seedModels = each(createModel)

const makeConfigs = each(createEndpointConfig)

/** Makes endpoint configs that are old enough to be seen everywhere. */
export const seedConfigs = async (world: World, configs: readonly ConfigSeed[]): Promise<void> => {
  await makeConfigs(world, configs)
  for (const { account, region, EndpointConfigName: name } of configs) {
    const { configs: made } = sageMakerState(world, account, region)
    const config = made.get(name)
    if (config)
      made.set(name, { ...config, createdAt: config.createdAt - 8 * 24 * 60 * minuteMs(world.clock) })
  }
}

/** Brings endpoints into service at once; their models, artifacts and images must exist. Throws why a fleet does not start. */
export const seedEndpoints = async (world: World, endpoints: readonly EndpointSeed[]): Promise<void> => {
  for (const { account, region, name, config: configName, tags, traffic, days = 8 } of endpoints) {
    const state = sageMakerState(world, account, region)
    const config = state.configs.get(configName)
    if (!config)
      throw new RangeError(`endpoint ${name}: no endpoint config ${configName} in ${account}, ${region}`)
    const endpoint = newEndpoint(world, state, name, configName)
    endpoint.variants = await launchFleet(
      world,
      state,
      config.input.ProductionVariants.map((variant: Wire) => initial(variant)),
    )
    endpoint.shadows = await launchFleet(
      world,
      state,
      (config.input.ShadowProductionVariants ?? []).map((variant: Wire) => initial(variant)),
    )
    endpoint.dataCapture = config.input.DataCaptureConfig
    endpoint.status = 'InService'
    const createdAt = world.clock.now() - days * 24 * 60 * minuteMs(world.clock)
    state.endpoints.set(name, Object.assign(endpoint, { createdAt, modifiedAt: createdAt }))
    setTags(state, endpoint.arn, wireTags(tags))
    publishMetrics(world, state)
    reroute(world, state, endpoint)
    if (traffic) setTraffic(world, state, name, { history: true, ...traffic })
  }
}
