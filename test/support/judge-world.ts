import { isDeepStrictEqual } from 'node:util'
import { keyOf, type EndpointRow, type Row, type WorldState } from './world-state.ts'

/** How the endpoints must be: all as before, all new, or some of each by key. */
export interface Expected {
  /** Keys (`account/region/endpoint`) that serve the new model; all others are as before. `all` for every production one. */
  readonly fresh?: 'all' | readonly string[]
  /** Configs that must still be there because a rollout may go back to them. */
  readonly kept?: readonly string[]
  /** Keys of endpoints that were left to a person: they may be mixed, and what they use may stay. */
  readonly left?: readonly string[]
}

/**
 * What is wrong with a world after rollouts, each in a sentence: what no rollout owns, endpoints that are neither wholly
 * stable nor wholly new, and scaling, packages and uploads that are not as they should be. Empty: all is well.
 */
export function judgeWorld(before: WorldState, now: WorldState, expected: Expected = {}): readonly string[] {
  const { left = [] } = expected
  const leftAt = new Set(left.map((key) => key.slice(0, key.lastIndexOf('/'))))
  const settled = (row: Row): boolean => !leftAt.has(`${row.accountId}/${row.region}`)
  return [
    ...now.endpoints
      .filter((one) => !left.includes(keyOf(one)))
      .flatMap((one) => judgeEndpoint(one, before, expected)),
    ...gone('an endpoint', before.endpoints, now.endpoints),
    ...judgeConfigs(before, now, expected, settled),
    ...judgeModels(before, now, settled),
    ...differences('alarms', before.alarms.filter(settled).map(keyOf), now.alarms.filter(settled).map(keyOf)),
    ...(['scalableTargets', 'scalingPolicies', 'scheduledActions'] as const).flatMap((part) =>
      differences(
        part,
        before[part].filter(settled).map(comparable),
        now[part].filter(settled).map(comparable),
      ),
    ),
    ...judgePackages(now),
    ...now.buckets.flatMap(({ name, uploads }) =>
      uploads.length === 0 ? [] : [`${name} holds ${uploads.length} uploads that were never finished`],
    ),
  ]
}

function judgeEndpoint(
  endpoint: EndpointRow,
  before: WorldState,
  { fresh = [] }: Expected,
): readonly string[] {
  const key = keyOf(endpoint)
  const old = before.endpoints.find((one) => keyOf(one) === key)
  const isFresh = fresh === 'all' ? old !== undefined : fresh.includes(key)
  const found: string[] = []
  if (endpoint.status !== 'InService') found.push(`${key} is ${endpoint.status}`)
  if (endpoint.pendingConfig !== undefined) found.push(`${key} still moves to ${endpoint.pendingConfig}`)
  for (const variant of endpoint.variants) {
    const { name, currentWeight, desiredWeight, currentCount, desiredCount } = variant
    if (currentWeight !== desiredWeight || currentCount !== desiredCount)
      found.push(
        `${key} ${name} has weight ${currentWeight} of ${desiredWeight} and ${currentCount} of ${desiredCount} instances`,
      )
    if (name.startsWith('c-')) found.push(`${key}: the candidate ${name} is left`)
  }
  if (old && !isFresh) {
    if (!isDeepStrictEqual(endpoint.variants.map(serving), old.variants.map(serving)))
      found.push(
        `${key} is not wholly stable: ${JSON.stringify(endpoint.variants.map(serving))}, before ${JSON.stringify(old.variants.map(serving))}`,
      )
  } else if (old) {
    const names = endpoint.variants.map(({ name }) => name).join()
    const oldNames = old.variants.map(({ name }) => name).join()
    if (names !== oldNames) found.push(`${key}: its variants were ${oldNames} and are ${names}`)
    if (endpoint.variants[0]?.model === old.variants[0]?.model)
      found.push(`${key} still serves the old model`)
  } else if (!isFresh) found.push(`${key}: an endpoint that nobody asked for`)
  return found
}

const serving = ({ name, model, desiredWeight }: EndpointRow['variants'][number]) => ({
  name,
  model,
  desiredWeight,
})

function judgeConfigs(
  before: WorldState,
  now: WorldState,
  { kept = [] }: Expected,
  settled: (row: Row) => boolean,
): readonly string[] {
  const live = new Set(now.endpoints.map((endpoint) => besides(endpoint, endpoint.config)))
  const foreign = new Set(before.endpointConfigs.map(keyOf))
  const unused = now.endpointConfigs.filter(
    (one) => settled(one) && !foreign.has(keyOf(one)) && !live.has(keyOf(one)) && !kept.includes(one.name),
  )
  return [
    ...unused.map((one) => `config ${keyOf(one)}: nothing uses it`),
    ...gone('a config', before.endpointConfigs, now.endpointConfigs),
  ]
}

function judgeModels(before: WorldState, now: WorldState, settled: (row: Row) => boolean): readonly string[] {
  const used = new Set(
    now.endpointConfigs.flatMap((config) =>
      config.input.ProductionVariants.map((variant) => besides(config, variant.ModelName)),
    ),
  )
  const foreign = new Set(before.models.map(keyOf))
  const unused = now.models.filter((one) => settled(one) && !foreign.has(keyOf(one)) && !used.has(keyOf(one)))
  return [
    ...unused.map((one) => `model ${keyOf(one)}: nothing uses it`),
    ...gone('a model', before.models, now.models),
  ]
}

function judgePackages({ modelPackages }: WorldState): readonly string[] {
  const sources = modelPackages.flatMap(
    ({ input }) => input.CustomerMetadataProperties?.['sluice:source-arn'] ?? [],
  )
  return sources
    .filter((source, index) => sources.indexOf(source) !== index)
    .map((source) => `${source} was registered twice`)
}

const besides = (row: Row, name: string): string => `${row.accountId}/${row.region}/${name}`

function gone(what: string, before: readonly Row[], now: readonly Row[]): readonly string[] {
  const there = new Set(now.map(keyOf))
  return before.filter((one) => !there.has(keyOf(one))).map((one) => `${what} is gone: ${keyOf(one)}`)
}

function differences(what: string, before: readonly string[], now: readonly string[]): readonly string[] {
  return [
    ...before.filter((one) => !now.includes(one)).map((one) => `${what}: not as before, missing ${one}`),
    ...now.filter((one) => !before.includes(one)).map((one) => `${what}: not as before, found ${one}`),
    ...(new Set(now).size === now.length ? [] : [`${what}: one is there twice`]),
  ]
}

/** Without what AWS itself stamps on every change; the order of members says nothing. */
function comparable(row: Readonly<Record<string, unknown>>): string {
  const skipped = /(time|creat|modif|arn)/i
  const kept = Object.fromEntries(Object.entries(row).filter(([name]) => !skipped.test(name)))
  return JSON.stringify(kept, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  )
}
