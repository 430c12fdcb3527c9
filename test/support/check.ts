import { expect } from 'vitest'
import type { Stack } from './stack.ts'

/** The whole sandbox as `/_sandbox/state` gives it, in the parts that the check reads. */
export interface WorldState {
  readonly endpoints: readonly EndpointRow[]
  readonly endpointConfigs: readonly (Row & {
    readonly input: { readonly ProductionVariants: readonly { readonly ModelName: string }[] }
  })[]
  readonly models: readonly Row[]
  readonly alarms: readonly Row[]
  readonly scalableTargets: readonly Record<string, unknown>[]
  readonly scalingPolicies: readonly Record<string, unknown>[]
  readonly scheduledActions: readonly Record<string, unknown>[]
  readonly modelPackages: readonly {
    readonly arn: string
    readonly input: { readonly CustomerMetadataProperties?: Record<string, string> }
  }[]
  readonly buckets: readonly { readonly name: string; readonly uploads: readonly unknown[] }[]
}

interface Row {
  readonly accountId: string
  readonly region: string
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
}

interface EndpointRow extends Row {
  readonly status: string
  readonly config: string
  readonly pendingConfig?: string
  readonly variants: readonly {
    readonly name: string
    readonly model: string
    readonly currentWeight: number
    readonly desiredWeight: number
    readonly currentCount: number
    readonly desiredCount: number
  }[]
}

/** How the endpoints must be: all as before, all new, or some of each by key. */
export interface Expected {
  /** Keys (`account/region/endpoint`) that serve the new model; all others are as before. `all` for every production one. */
  readonly fresh?: 'all' | readonly string[]
  /** Configs that must still be there because a rollout may go back to them. */
  readonly kept?: readonly string[]
}

export async function readWorld(stack: Stack): Promise<WorldState> {
  const response = await fetch(`${stack.sandbox.url}/_sandbox/state`)
  return (await response.json()) as WorldState
}

const keyOf = (row: Row): string => `${row.accountId}/${row.region}/${row.name}`
const placeOf = (row: Row, name: string): string => `${row.accountId}/${row.region}/${name}`

/**
 * Reads the whole sandbox and finds nothing that no rollout owns and no endpoint that is neither wholly stable nor wholly
 * new; scaling, packages and uploads are as they should be.
 */
export async function checkWorld(
  stack: Stack,
  before: WorldState,
  { fresh = [], kept = [] }: Expected = {},
): Promise<void> {
  const now = await readWorld(stack)
  const isFresh = (key: string): boolean =>
    fresh === 'all' ? before.endpoints.some((one) => keyOf(one) === key) : fresh.includes(key)

  for (const endpoint of now.endpoints) {
    const key = keyOf(endpoint)
    const old = before.endpoints.find((one) => keyOf(one) === key)
    expect({ key, status: endpoint.status, pending: endpoint.pendingConfig }).toEqual({
      key,
      status: 'InService',
      pending: undefined,
    })
    for (const variant of endpoint.variants) {
      expect(variant, key).toMatchObject({
        currentWeight: variant.desiredWeight,
        currentCount: variant.desiredCount,
      })
      expect(variant.name, `${key}: a candidate is left`).not.toMatch(/^c-/)
    }
    if (old && !isFresh(key)) {
      expect(
        endpoint.variants.map(({ name, model, desiredWeight }) => ({ name, model, desiredWeight })),
        `${key} is not wholly stable`,
      ).toEqual(old.variants.map(({ name, model, desiredWeight }) => ({ name, model, desiredWeight })))
    } else if (old) {
      expect(
        endpoint.variants.map((one) => one.name),
        `${key}: variant names never change`,
      ).toEqual(old.variants.map((one) => one.name))
      expect(endpoint.variants[0]?.model, `${key} still serves the old model`).not.toBe(
        old.variants[0]?.model,
      )
    } else {
      expect(isFresh(key), `${key}: an endpoint that nobody asked for`).toBe(true)
    }
  }
  const keys = now.endpoints.map(keyOf)
  for (const old of before.endpoints) expect(keys, 'an endpoint is gone').toContain(keyOf(old))

  const live = new Set(now.endpoints.map((endpoint) => placeOf(endpoint, endpoint.config)))
  const foreign = new Set(before.endpointConfigs.map((config) => keyOf(config)))
  const configs = now.endpointConfigs.filter(
    (config) => !foreign.has(keyOf(config)) && !live.has(keyOf(config)) && !kept.includes(config.name),
  )
  expect(configs.map(keyOf), 'configs that nothing uses').toEqual([])
  for (const config of before.endpointConfigs)
    expect(now.endpointConfigs.map(keyOf), 'a config is gone').toContain(keyOf(config))

  const used = new Set(
    now.endpointConfigs.flatMap((config) =>
      config.input.ProductionVariants.map((variant) => placeOf(config, variant.ModelName)),
    ),
  )
  const models = now.models.filter(
    (model) => !before.models.some((one) => keyOf(one) === keyOf(model)) && !used.has(keyOf(model)),
  )
  expect(models.map(keyOf), 'models that nothing uses').toEqual([])
  for (const model of before.models) expect(now.models.map(keyOf), 'a model is gone').toContain(keyOf(model))

  expect(now.alarms.map(keyOf).sort(), 'alarms').toEqual(before.alarms.map(keyOf).sort())
  for (const part of ['scalableTargets', 'scalingPolicies', 'scheduledActions'] as const) {
    expect(now[part].map(comparable).sort(), part).toEqual(before[part].map(comparable).sort())
  }
  const sources = now.modelPackages.flatMap(
    (one) => one.input.CustomerMetadataProperties?.['sluice:source-arn'] ?? [],
  )
  expect(new Set(sources).size, 'a package was registered twice').toBe(sources.length)
  expect(
    now.buckets.flatMap((bucket) => bucket.uploads.map(() => bucket.name)),
    'uploads that were never finished',
  ).toEqual([])
}

/** Without what AWS itself stamps on every change. */
function comparable(row: Record<string, unknown>): string {
  const skipped = /(time|creat|modif|arn)/i
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(row)
        .filter(([name]) => !skipped.test(name))
        .sort(),
    ),
  )
}
