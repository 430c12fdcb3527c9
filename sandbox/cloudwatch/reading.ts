import type { World } from '../core/types.ts'
import { minuteOf, minutesIn, startOfMinute, visibleUntil } from './periods.ts'
import { addSamples, addValue, emptySamples, statistic, type Samples } from './samples.ts'
import { cloudWatchSettings } from './settings.ts'
import { metricKey, type CloudWatchState, type MetricId } from './state.ts'

/** Records observations of a metric in the minute of `at` (real ms). */
export const record = (
  world: World,
  state: CloudWatchState,
  metric: MetricId,
  value: number,
  { at = world.clock.now(), times = 1 } = {},
): void => {
  const key = metricKey(metric)
  const found = state.stored.get(key) ?? { metric, minutes: new Map<number, Samples>() }
  state.stored.set(key, found)
  const minute = minuteOf(world.clock, at)
  const samples = found.minutes.get(minute) ?? emptySamples()
  found.minutes.set(minute, samples)
  addValue(samples, value, times)
}

/** Every metric that has a name here, stored ones first. */
export const listMetrics = (state: CloudWatchState): readonly MetricId[] => {
  const found = new Map([...state.stored].map(([key, { metric }]) => [key, metric]))
  for (const source of state.sources) {
    for (const metric of source.list())
      if (!found.has(metricKey(metric))) found.set(metricKey(metric), metric)
  }
  return [...found.values()]
}

/** What one period saw; `at` is its start in real ms. */
export interface PeriodSamples {
  readonly at: number
  readonly samples: Samples
}

const isMissing = (world: World, { accountId, region }: CloudWatchState, metric: MetricId) => {
  const scope = { service: 'monitoring', accountId, region }
  const endpoint = metric.dimensions.EndpointName
  return [endpoint, metric.name].some(
    (name) => name !== undefined && world.takeFault('metrics-missing', { ...scope, name }) !== undefined,
  )
}

/**
 * Reads a metric by periods of `periodSeconds` sandbox seconds from `start` (inclusive, aligned down) to `end`
 * (exclusive), real ms. Minutes that are not over, or not published yet, are not there; nor are periods without data.
 */
export const readPeriods = (
  world: World,
  state: CloudWatchState,
  metric: MetricId,
  periodSeconds: number,
  [start, end]: readonly [number, number],
): readonly PeriodSamples[] => {
  if (isMissing(world, state, metric)) return []
  const { clock } = world
  const width = minutesIn(periodSeconds)
  const first = Math.floor(minuteOf(clock, start + 0.001) / width) * width
  const last = Math.min(
    Math.ceil(end / clock.real(60_000) - 1e-6),
    visibleUntil(clock, cloudWatchSettings(world).metricDelayMs),
  )
  const periods = new Map<number, Samples>()
  const add = (minutes: Iterable<readonly [number, Samples]>) => {
    for (const [minute, seen] of minutes) {
      if (minute < first || minute >= last || seen.count === 0) continue
      const period = Math.floor(minute / width) * width
      const samples = periods.get(period) ?? emptySamples()
      periods.set(period, samples)
      addSamples(samples, seen)
    }
  }
  add(state.stored.get(metricKey(metric))?.minutes ?? [])
  for (const source of state.sources) if (last > first) add(source.read(metric, first, last))
  return [...periods]
    .sort(([a], [b]) => a - b)
    .map(([minute, samples]) => ({ at: startOfMinute(clock, minute), samples }))
}

/** The same as one statistic a period, by the period's start. */
export const readSeries = (
  world: World,
  state: CloudWatchState,
  query: { readonly metric: MetricId; readonly periodSeconds: number; readonly statistic: string },
  range: readonly [number, number],
): ReadonlyMap<number, number> =>
  new Map(
    readPeriods(world, state, query.metric, query.periodSeconds, range).map(({ at, samples }) => [
      at,
      statistic(samples, query.statistic),
    ]),
  )
