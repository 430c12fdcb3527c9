/**
 * Instances the candidate must have before it takes `weightPercent` of the traffic: ⌈weight × stable's count⌉, at least 1.
 * Where the document gives the candidate more instances than stable has, those are its full strength.
 */
export function capacityFor(weightPercent: number, stableCount: number, ownCount = 0): number {
  const full = Math.max(stableCount, ownCount)
  return Math.max(1, Math.ceil((weightPercent * full) / 100))
}
