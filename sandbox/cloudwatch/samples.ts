/**
 * What CloudWatch keeps of the values of one metric in one period: enough for every statistic. Percentiles come from a
 * histogram with steps of half a percent, so a million values cost no more than a thousand.
 */
export interface Samples {
  count: number
  sum: number
  min: number
  max: number
  readonly histogram: Map<number, number>
}

const STEP = Math.log(1.005)
const ZERO = Number.MIN_SAFE_INTEGER

export const emptySamples = (): Samples => ({
  count: 0,
  sum: 0,
  min: Infinity,
  max: -Infinity,
  histogram: new Map(),
})

/** Adds `times` observations of one value. */
export const addValue = (samples: Samples, value: number, times = 1): void => {
  if (times <= 0) return
  samples.count += times
  samples.sum += value * times
  samples.min = Math.min(samples.min, value)
  samples.max = Math.max(samples.max, value)
  const step = value > 0 ? Math.round(Math.log(value) / STEP) : ZERO
  samples.histogram.set(step, (samples.histogram.get(step) ?? 0) + times)
}

/** Adds what another period, or another source of the same metric, has seen. */
export const addSamples = (into: Samples, other: Samples): void => {
  into.count += other.count
  into.sum += other.sum
  into.min = Math.min(into.min, other.min)
  into.max = Math.max(into.max, other.max)
  for (const [step, times] of other.histogram)
    into.histogram.set(step, (into.histogram.get(step) ?? 0) + times)
}

const percentile = (samples: Samples, percent: number): number => {
  const wanted = (percent / 100) * samples.count
  let seen = 0
  for (const [step, times] of [...samples.histogram].sort(([a], [b]) => a - b)) {
    seen += times
    if (seen < wanted) continue
    const value = step === ZERO ? Math.min(0, samples.max) : Math.exp(step * STEP)
    return Math.min(samples.max, Math.max(samples.min, value))
  }
  return samples.max
}

const PLAIN = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const
const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/

/** Whether the sandbox can compute this statistic: the five plain ones and percentiles such as `p99` or `p99.9`. */
export const isStatistic = (name: string): boolean =>
  (PLAIN as readonly string[]).includes(name) || PERCENTILE.test(name)

/** One statistic of a period that has at least one sample. */
export const statistic = (samples: Samples, name: string): number => {
  switch (name) {
    case 'SampleCount':
      return samples.count
    case 'Average':
      return samples.sum / samples.count
    case 'Sum':
      return samples.sum
    case 'Minimum':
      return samples.min
    case 'Maximum':
      return samples.max
    default: {
      const percent = PERCENTILE.exec(name)?.[1]
      if (percent === undefined) throw new RangeError(`not a statistic: ${name}`)
      return percentile(samples, Number(percent))
    }
  }
}
