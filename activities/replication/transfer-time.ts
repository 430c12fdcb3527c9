const LEAST_MS = 60_000
/** Slower than this between two Regions is a connection that hangs. */
const SLOWEST_BYTES_PER_MS = (4 * 1024 ** 2) / 1_000

/** Milliseconds after which a request that moves so many bytes is given up and made again: a hang must not cost what 5 GiB may. */
export function transferTimeout(bytes: number): number {
  return LEAST_MS + Math.ceil(bytes / SLOWEST_BYTES_PER_MS)
}
