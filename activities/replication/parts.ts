const MIB = 1024 ** 2
const GIB = 1024 ** 3

/** S3's limits on copies and uploads in parts. */
export const limits = { singleCopy: 5 * GIB, smallestPart: 5 * MIB, mostParts: 10_000 } as const

/** Inclusive byte range of one part; numbers from 1. */
export interface Part {
  readonly number: number
  readonly first: number
  readonly last: number
}

/** Parts that S3 copies by itself: large, so that there are few; larger where 10 000 of them would not do. */
export function copyPartSize(bytes: number): number {
  return roomy(bytes, 512 * MIB)
}

/** Parts that go through the worker's memory: small. */
export function relayPartSize(bytes: number): number {
  return roomy(bytes, 16 * MIB)
}

const roomy = (bytes: number, usual: number) =>
  Math.max(usual, Math.ceil(bytes / limits.mostParts / MIB) * MIB)

/** Cuts an object into parts of one size; the last is what is left. */
export function cutParts(bytes: number, size: number): Part[] {
  return Array.from({ length: Math.ceil(bytes / size) }, (_, index) => ({
    number: index + 1,
    first: index * size,
    last: Math.min(bytes, (index + 1) * size) - 1,
  }))
}

/**
 * The part size with which a copy has the same composite checksum as its source, or undefined when the source was not cut
 * evenly or in parts that S3 would not take again.
 */
export function samePartSize(
  bytes: number,
  parts?: { readonly size: number; readonly count: number },
): number | undefined {
  if (!parts || parts.count < 1 || parts.size < 1) return undefined
  const fits = parts.count === 1 || (parts.size >= limits.smallestPart && parts.size <= limits.singleCopy)
  return fits && Math.ceil(bytes / parts.size) === parts.count ? parts.size : undefined
}
