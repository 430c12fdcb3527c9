import { sameNumber } from '../../rollout/deploy/fingerprint.ts'

/**
 * The path of the first member of `requested` that `described` does not have so, or null. AWS adds defaults to what it was
 * asked for, so a member that only `described` has is no difference; lists must be equally long.
 */
export function firstDifference(requested: unknown, described: unknown, path = ''): string | null {
  if (requested === undefined || requested === null) return null
  if (typeof requested === 'number' && typeof described === 'number') {
    return sameNumber(requested, described) ? null : path
  }
  if (typeof requested !== 'object') return requested === described ? null : path
  // An empty structure and an absent one mean the same to AWS.
  if (Object.keys(requested).length === 0) {
    return described === undefined || described === null || Object.keys(described).length === 0 ? null : path
  }
  if (typeof described !== 'object' || described === null) return path
  if (Array.isArray(requested) && requested.length !== (described as unknown[]).length) return path
  for (const [key, value] of Object.entries(requested)) {
    const difference = firstDifference(
      value,
      (described as Record<string, unknown>)[key],
      path ? `${path}.${key}` : key,
    )
    if (difference !== null) return difference
  }
  return null
}
