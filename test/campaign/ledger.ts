import type { Call, Service } from '../../sandbox/core/types.ts'
import { services } from '../../sandbox/services.ts'
import type { EndpointRow } from '../support/world-state.ts'

/** A call that changed something in the sandbox, whether its answer arrived or not. */
export interface Effect {
  readonly at: number
  readonly service: string
  readonly operation: string
  readonly accountId: string
  readonly region: string
  readonly input: Readonly<Record<string, unknown>>
}

/** What really happened in a sandbox, beside what it answered. */
export interface Ledger {
  /** The sandbox's services, each operation of which is written down when it takes effect. */
  readonly services: readonly Service[]
  readonly effects: readonly Effect[]
  /** Traffic that was asked for a variant that nobody had seen healthy with its instances. */
  readonly unverified: readonly string[]
  /** The first effect that is so, past or to come. */
  first(so: (effect: Effect) => boolean): Promise<Effect>
  /** Begins anew, with the endpoints that are there now as the ones that are known to be healthy. */
  reset(endpoints: readonly EndpointRow[]): void
}

const changesNothing = /^(Describe|List|Get|Head|Batch(Get|Check)|AssumeRole|Upload(Part|LayerPart)$|Invoke)/

export function createLedger(): Ledger {
  let effects: Effect[] = []
  let unverified: string[] = []
  /** `account/region/endpoint model` that answered, or was seen in service with all its instances. */
  let healthy = new Set<string>()
  let waiting: { so: (effect: Effect) => boolean; found: (effect: Effect) => void }[] = []

  const tokens = new Set<unknown>()

  const write = (effect: Effect): void => {
    effects.push(effect)
    const found = waiting.filter(({ so }) => so(effect))
    waiting = waiting.filter((one) => !found.includes(one))
    for (const one of found) one.found(effect)
  }

  const watch = (service: Service): Service => ({
    ...service,
    operations: Object.fromEntries(
      Object.entries(service.operations).map(([operation, act]) => [
        operation,
        async (call: Call, input: Record<string, unknown>) => {
          const suspicion = suspect(call, operation, input, healthy)
          const output: unknown = await act(call, input)
          unverified.push(...suspicion)
          if (operation === 'InvokeEndpoint' || operation === 'DescribeEndpoint')
            noteHealth(call, input, healthy)
          if (!changesNothing.test(operation) && isFirst(input, tokens)) {
            const { Body: _body, layerPartBlob: _blob, ...rest } = input
            const { accountId, region } = call
            write({ at: Date.now(), service: service.service, operation, accountId, region, input: rest })
          }
          return output
        },
      ]),
    ),
  })

  return {
    services: [...services.values()].map(watch),
    get effects() {
      return effects
    },
    get unverified() {
      return unverified
    },
    first: (so) =>
      new Promise((found) => {
        const known = effects.find(so)
        if (known) found(known)
        else waiting.push({ so, found })
      }),
    reset(endpoints) {
      effects = []
      unverified = []
      waiting = []
      healthy = new Set(
        endpoints.flatMap((one) =>
          one.variants.map(({ model }) => `${one.accountId}/${one.region}/${one.name} ${model}`),
        ),
      )
    },
  }
}

/** AWS answers a token that it has seen with what it made then, and makes nothing. */
function isFirst({ ClientToken: token }: Readonly<Record<string, unknown>>, seen: Set<unknown>): boolean {
  if (token === undefined) return true
  const first = !seen.has(token)
  seen.add(token)
  return first
}

interface ConfigRow {
  readonly accountId: string
  readonly region: string
  readonly name: string
  readonly input: {
    readonly ProductionVariants: readonly {
      readonly VariantName: string
      readonly ModelName: string
      readonly InitialVariantWeight?: number
    }[]
  }
}

function readPart<T>({ world }: Call, part: string): readonly T[] {
  return (services.get('sagemaker')?.dumps?.[part]?.(world) ?? []) as readonly T[]
}

function endpointOf(call: Call, name: unknown): EndpointRow | undefined {
  return readPart<EndpointRow>(call, 'endpoints').find(
    (one) => one.accountId === call.accountId && one.region === call.region && one.name === name,
  )
}

/** An answer shows its variant, a look shows every variant that serves with all its instances. */
function noteHealth(call: Call, input: Readonly<Record<string, unknown>>, healthy: Set<string>): void {
  const endpoint = endpointOf(call, input['EndpointName'])
  if (!endpoint) return
  const asked = input['TargetVariant']
  for (const { name, model, currentCount, desiredCount } of endpoint.variants) {
    const shown =
      call.operation === 'InvokeEndpoint'
        ? name === asked && currentCount > 0
        : endpoint.status === 'InService' && currentCount >= Math.max(1, desiredCount)
    if (shown) healthy.add(`${endpoint.accountId}/${endpoint.region}/${endpoint.name} ${model}`)
  }
}

/** Why the traffic that a request asks for is not safe, as things stand before it. A new endpoint has none to lose. */
function suspect(
  call: Call,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  healthy: ReadonlySet<string>,
): readonly string[] {
  const endpoint = endpointOf(call, input['EndpointName'])
  if (!endpoint) return []
  const key = `${endpoint.accountId}/${endpoint.region}/${endpoint.name}`
  const answered = (model: string): boolean => healthy.has(`${key} ${model}`)
  if (operation === 'UpdateEndpoint') {
    const config = readPart<ConfigRow>(call, 'endpointConfigs').find(
      (one) =>
        one.accountId === call.accountId &&
        one.region === call.region &&
        one.name === input['EndpointConfigName'],
    )
    return (config?.input.ProductionVariants ?? [])
      .filter((one) => (one.InitialVariantWeight ?? 1) > 0 && !answered(one.ModelName))
      .map(
        (one) =>
          `${key}: ${one.VariantName} gets traffic by config, but nobody saw ${one.ModelName} in service`,
      )
  }
  if (operation !== 'UpdateEndpointWeightsAndCapacities') return []
  const asked = (input['DesiredWeightsAndCapacities'] ?? []) as readonly {
    readonly VariantName: string
    readonly DesiredWeight?: number
  }[]
  return asked.flatMap(({ VariantName, DesiredWeight = 0 }) => {
    const variant = endpoint.variants.find((one) => one.name === VariantName)
    if (!variant || DesiredWeight <= variant.desiredWeight) return []
    return [
      ...(answered(variant.model)
        ? []
        : [`${key}: ${VariantName} gets weight, but nobody saw it in service`]),
      ...(variant.currentCount >= Math.max(1, variant.desiredCount)
        ? []
        : [
            `${key}: ${VariantName} gets weight with ${variant.currentCount} of ${variant.desiredCount} instances`,
          ]),
    ]
  })
}
