import type { ConfigRequest, EndpointFacts } from '../facts.ts'

/** The part of a snapshot that configs and weights are made from. */
export interface Live {
  readonly endpoint: EndpointFacts | null
  readonly config: ConfigRequest | null
}

/** Live desired count and weight of each variant, by name. */
export function variantsByName(endpoint: EndpointFacts | null) {
  return new Map((endpoint?.variants ?? []).map((variant) => [variant.name, variant]))
}

/** Instances of stable as desired now; 0 when there is no endpoint. */
export function stableCount(live: Live, stableVariant: string): number {
  return variantsByName(live.endpoint).get(stableVariant)?.desiredCount ?? 0
}
