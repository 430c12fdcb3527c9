import { AwsError, type World } from '../core/types.ts'
import { compute, type Series } from './expression.ts'
import { ExpressionError, idsIn } from './parse-expression.ts'
import { minutesIn } from './periods.ts'
import { readSeries } from './reading.ts'
import { isStatistic } from './samples.ts'
import type { CloudWatchState, MetricId } from './state.ts'

/** A `MetricDataQuery` as it comes over the wire. */
export interface MetricDataQuery {
  readonly Id: string
  readonly MetricStat?: {
    readonly Metric: WireMetric
    readonly Period: number
    readonly Stat: string
    readonly Unit?: string
  }
  readonly Expression?: string
  readonly Label?: string
  readonly ReturnData?: boolean
  readonly Period?: number
  readonly AccountId?: string
}

export interface WireMetric {
  readonly Namespace?: string
  readonly MetricName?: string
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[]
}

/** An invalid request in CloudWatch's words. */
export const invalid = (message: string): AwsError => new AwsError('ValidationError', message)

export const metricOf = ({ Namespace = '', MetricName = '', Dimensions = [] }: WireMetric): MetricId => ({
  namespace: Namespace,
  name: MetricName,
  dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
})

/** Refuses what CloudWatch refuses: 60 s and its multiples, or 1, 5, 10, 20 and 30 s. */
export const checkPeriod = (period: number): void => {
  if (period % 60 !== 0 && ![1, 5, 10, 20, 30].includes(period)) {
    throw invalid(`Period must be 1, 5, 10, 20, 30 or a multiple of 60, found ${period}`)
  }
}

/** Refuses a statistic that CloudWatch, or the sandbox, does not compute. */
export const checkStatistic = (name: string): void => {
  if (!isStatistic(name)) {
    throw invalid(
      `The value ${name} for parameter Stat is not supported by the sandbox; use SampleCount, Average, Sum, Minimum, Maximum or p0 to p100.`,
    )
  }
}

/** Checks ids, periods, statistics and expressions of a list of queries before anything is read. */
export const checkQueries = (queries: readonly MetricDataQuery[]): void => {
  const ids = new Set<string>()
  for (const query of queries) {
    if (!/^[a-z][A-Za-z0-9_]*$/.test(query.Id))
      throw invalid(
        `The value ${query.Id} for parameter MetricDataQueries.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      )
    if (ids.has(query.Id)) throw invalid(`The values for parameter id in MetricDataQueries are not unique.`)
    ids.add(query.Id)
    if ((query.MetricStat === undefined) === (query.Expression === undefined)) {
      throw invalid(`Exactly one of MetricStat and Expression must be given for id ${query.Id}.`)
    }
    if (query.MetricStat) {
      if (!query.MetricStat.Metric.MetricName) throw invalid(`MetricName is missing for id ${query.Id}.`)
      checkPeriod(query.MetricStat.Period)
      checkStatistic(query.MetricStat.Stat)
    }
  }
  for (const query of queries) {
    if (query.Expression === undefined) continue
    try {
      const unknown = idsIn(query.Expression).find((id) => !ids.has(id))
      if (unknown)
        throw new ExpressionError(`Expression '${query.Expression}' refers to unknown id '${unknown}'`)
    } catch (error) {
      throw error instanceof ExpressionError ? invalid(error.message) : error
    }
  }
}

const periodOf = (query: MetricDataQuery, queries: readonly MetricDataQuery[]): number =>
  query.MetricStat?.Period ??
  query.Period ??
  Math.max(60, ...queries.flatMap((other) => other.MetricStat?.Period ?? []))

/**
 * Computes every query, those that others refer to included, from `start` to `end` (real ms). The queries must have
 * passed `checkQueries`; a circular reference is refused here.
 */
export const computeQueries = (
  world: World,
  state: CloudWatchState,
  queries: readonly MetricDataQuery[],
  range: readonly [number, number],
): ReadonlyMap<string, Series> => {
  const done = new Map<string, Series>()
  const busy = new Set<string>()
  const find = (id: string): Series => {
    const known = done.get(id)
    if (known) return known
    const query = queries.find((other) => other.Id === id)!
    if (busy.has(id)) throw invalid(`Expression '${query.Expression}' refers to itself`)
    busy.add(id)
    const series = query.MetricStat
      ? readSeries(
          world,
          state,
          {
            metric: metricOf(query.MetricStat.Metric),
            periodSeconds: query.MetricStat.Period,
            statistic: query.MetricStat.Stat,
          },
          range,
        )
      : expression(query)
    done.set(id, series)
    return series
  }
  const expression = (query: MetricDataQuery): Series => {
    const periodSeconds = periodOf(query, queries)
    const width = minutesIn(periodSeconds) * world.clock.real(60_000)
    const first = Math.floor(range[0] / width + 1e-9)
    const periods: number[] = []
    for (let index = first; index * width < range[1] && index * width <= world.clock.now(); index++)
      periods.push(index * width)
    const text = query.Expression!
    const wanted = /METRICS\s*\(/i.test(text)
      ? queries.filter((other) => other.MetricStat).map((other) => other.Id)
      : idsIn(text)
    try {
      return compute(text, { series: new Map(wanted.map((id) => [id, find(id)])), periods, periodSeconds })
    } catch (error) {
      throw error instanceof ExpressionError ? invalid(error.message) : error
    }
  }
  for (const query of queries) find(query.Id)
  return done
}
