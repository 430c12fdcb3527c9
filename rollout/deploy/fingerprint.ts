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

/** Whether both name the same variants with the same weights; SageMaker keeps weights as 32-bit floats. */
export function sameWeights(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every(
      (name) => b[name] !== undefined && Math.fround(a[name] ?? Number.NaN) === Math.fround(b[name]),
    )
  )
}
