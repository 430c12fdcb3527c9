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

/** Floats go through 32 bits at AWS: 0.7 comes back as 0.699999988. */
const closeEnough = 1e-6

/** Whether two numbers are the same as far as AWS keeps them. */
export function sameNumber(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= closeEnough * Math.max(Math.abs(a), Math.abs(b))
}

/** Whether both name the same variants with the same weights. */
export function sameWeights(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => b[name] !== undefined && sameNumber(a[name] ?? Number.NaN, b[name]))
  )
}
