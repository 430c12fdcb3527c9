import { createHash } from 'node:crypto'

/** Temporal takes 2,048 bytes for one search attribute; this leaves room for what it wraps around them. */
const MOST_BYTES = 1_900

/**
 * What a rollout is found by: the keys of its targets, or short hashes of them where the keys would not fit; those of the
 * 200 targets that a document may have, and staging, always do. A hash may mean another target as well, so whoever looks
 * for one must look at the rollout's own targets, too.
 */
export function targetTerms(keys: readonly string[]): readonly string[] {
  const distinct = [...new Set(keys)]
  const bytes = Buffer.byteLength(JSON.stringify(distinct))
  return bytes <= MOST_BYTES ? distinct : [...new Set(distinct.map(hashOf))]
}

/** Both ways in which a rollout may name a target. */
export function termsOf(key: string): readonly [key: string, hash: string] {
  return [key, hashOf(key)]
}

/** The keys among what is found; a hash tells nothing to a reader. */
export function keysAmong(terms: readonly string[]): readonly string[] {
  return terms.filter((term) => term.includes('/'))
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 6)
}
