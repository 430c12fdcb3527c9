const LEAST_MS = 60_000

/** Slower than this is a connection that hangs: S3 copying by itself, or one of the many requests that share a worker's line. */
const slowestBytesPerSecond = { s3: 4 * 1024 ** 2, worker: 256 * 1024 } as const

/** Milliseconds after which a request that moves so many bytes is given up and made again: a hang must not cost what 5 GiB may. */
export function transferTimeout(bytes: number, through: keyof typeof slowestBytesPerSecond): number {
  return LEAST_MS + Math.ceil((bytes / slowestBytesPerSecond[through]) * 1_000)
}
