import type { EndpointFacts, VariantFacts } from '../facts.ts'

type Weighted = Pick<VariantFacts, 'name' | 'desiredWeight'>

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/** Weights are floats at AWS; as whole numbers in the same proportion. */
function wholeWeights(variants: readonly Weighted[]): number[] {
  const largest = Math.max(...variants.map((variant) => variant.desiredWeight), 0)
  const parts = variants.map(({ desiredWeight: weight }) =>
    weight > 0 ? Math.max(1, Math.round((weight / largest) * 1_000_000)) : 0,
  )
  const divisor = parts.reduce(gcd, 0)
  return divisor === 0 ? parts : parts.map((part) => part / divisor)
}

/**
 * Weights by variant name that give the candidate `percent` of the traffic and leave the rest to the variants from before
 * the rollout, in their old proportions. At 0 these are exactly the old weights. Whole numbers, and their sum is never 0.
 */
export function weightsFor(
  percent: number,
  before: readonly Weighted[],
  candidate: string,
): Readonly<Record<string, number>> {
  const old = before.filter((variant) => variant.name !== candidate)
  const live = old.some((variant) => variant.desiredWeight > 0)
  const first = old[0]
  const known = live || !first ? old : [{ ...first, desiredWeight: 1 }, ...old.slice(1)]
  if (percent <= 0 && known.length > 0)
    return { ...Object.fromEntries(known.map((v) => [v.name, v.desiredWeight])), [candidate]: 0 }
  const parts = wholeWeights(known)
  const total = parts.reduce((sum, part) => sum + part, 0)
  const share = Math.min(100, percent)
  return {
    ...Object.fromEntries(known.map((v, index) => [v.name, (100 - share) * (parts[index] ?? 0)])),
    [candidate]: total === 0 ? 100 : share * total,
  }
}

/** Percent of the traffic that the candidate really takes (AWS's current weights), to two decimals. */
export function actualPercent(endpoint: EndpointFacts, candidate: string): number {
  const total = endpoint.variants.reduce((sum, variant) => sum + variant.currentWeight, 0)
  const own = endpoint.variants.find((variant) => variant.name === candidate)?.currentWeight ?? 0
  return total === 0 ? 0 : Math.round((own / total) * 10_000) / 100
}
