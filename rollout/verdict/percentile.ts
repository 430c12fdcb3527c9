/** Samples in the tail below which a percentile says nothing. */
const tail = 10

/** How many samples a percentile needs so that at least 10 lie beyond it: 1,000 for p99. */
export function samplesNeeded(percent: number): number {
  // Subtracting in floating point leaves dust that would round one sample up.
  return Math.ceil((100 * tail) / (100 - percent) - 1e-6)
}

/** Nearest-rank percentile, or null when fewer than 10 samples lie beyond it. */
export function percentile(samples: readonly number[], percent: number): number | null {
  if (samples.length < samplesNeeded(percent)) return null
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null
}
