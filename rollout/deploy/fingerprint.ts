import type { EndpointFacts } from '../facts.ts'

/**
 * What must be unchanged since we last looked, else it is a Conflict. Instance counts are no part of it: autoscaling moves
 * them.
 */
export function fingerprintOf(endpoint: EndpointFacts): {
  readonly createdAt: string
  readonly config: string
  readonly weights: Readonly<Record<string, number>>
} {
  return {
    createdAt: endpoint.createdAt,
    config: endpoint.configName,
    weights: Object.fromEntries(endpoint.variants.map((variant) => [variant.name, variant.desiredWeight])),
  }
}
