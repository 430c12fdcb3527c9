import { AwsError, type Operation } from '../core/types.ts'
import {
  computeQueries,
  checkPeriod,
  checkQueries,
  checkStatistic,
  invalid,
  metricOf,
  type MetricDataQuery,
} from './queries.ts'
import { listMetrics as everyMetric, readPeriods } from './reading.ts'
import { statistic } from './samples.ts'
import { cloudWatchState } from './state.ts'

const MOST_POINTS = 100_800
const tokenFor = (offset: number) => Buffer.from(JSON.stringify({ offset })).toString('base64')

/** Reads the offset out of a token this service gave; anything else is `InvalidNextToken`. */
export const offsetOf = (token: string | undefined): number => {
  if (token === undefined) return 0
  try {
    const { offset } = JSON.parse(Buffer.from(token, 'base64').toString()) as { offset: unknown }
    if (typeof offset === 'number') return offset
  } catch {
    // falls through: not one of ours
  }
  throw new AwsError('InvalidNextToken', 'The next token specified is invalid.')
}

/** Cuts one page out of a list. */
export const pageOf = <T>(items: readonly T[], token: string | undefined, size: number) => {
  const offset = offsetOf(token)
  const next = offset + size
  return { page: items.slice(offset, next), token: next < items.length ? tokenFor(next) : undefined }
}

/**
 * `GetMetricData`: newest first unless asked otherwise; `EndTime` exclusive; pages hold `MaxDatapoints` values over all
 * queries, and a query cut by a page says `PartialData`. The fault `metrics-partial` says so without a page.
 */
export const getMetricData: Operation = ({ world, accountId, region }, input) => {
  const queries = input.MetricDataQueries as readonly MetricDataQuery[]
  if (queries.length > 500)
    throw invalid('The collection MetricDataQueries must not have a size greater than 500.')
  const [start, end] = [input.StartTime * 1000, input.EndTime * 1000]
  if (!(start < end)) throw invalid('The parameter StartTime must be less than the parameter EndTime.')
  if ((input.MaxDatapoints ?? 1) > MOST_POINTS || (input.MaxDatapoints ?? 1) < 1)
    throw invalid(`MaxDatapoints must be 1 to ${MOST_POINTS}.`)
  checkQueries(queries)
  const series = computeQueries(world, cloudWatchState(world, accountId, region), queries, [start, end])
  const rows = queries
    .filter((query) => query.ReturnData !== false)
    .map((query) => {
      const points = [...series.get(query.Id)!].filter(([at]) => at < end).sort(([a], [b]) => a - b)
      if (input.ScanBy !== 'TimestampAscending') points.reverse()
      return { query, points }
    })
  const size: number = input.MaxDatapoints ?? MOST_POINTS
  const offset = offsetOf(input.NextToken)
  const most = Math.max(1, Math.floor(size / Math.max(1, rows.length)))
  const longest = Math.max(0, ...rows.map((row) => row.points.length))
  const partial =
    world.takeFault('metrics-partial', { service: 'monitoring', accountId, region }) !== undefined
  return {
    MetricDataResults: rows.map(({ query, points }) => {
      const page = points.slice(offset, offset + most)
      return {
        Id: query.Id,
        Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
        Timestamps: page.map(([at]) => new Date(at)),
        Values: page.map(([, value]) => value),
        StatusCode: partial || points.length > offset + most ? 'PartialData' : 'Complete',
      }
    }),
    Messages: [],
    NextToken: offset + most < longest ? tokenFor(offset + most) : undefined,
  }
}

/** `GetMetricStatistics`: one metric, several statistics, in no promised order (here oldest first). */
export const getMetricStatistics: Operation = ({ world, accountId, region }, input) => {
  const { Statistics: plain = [], ExtendedStatistics: extended = [] } = input as Record<
    string,
    string[] | undefined
  >
  if (plain.length + extended.length === 0) {
    throw new AwsError(
      'MissingRequiredParameterException',
      'Must specify either Statistics or ExtendedStatistics',
    )
  }
  checkPeriod(input.Period)
  for (const name of [...plain, ...extended]) checkStatistic(name)
  const state = cloudWatchState(world, accountId, region)
  const found = readPeriods(world, state, metricOf(input), input.Period, [
    input.StartTime * 1000,
    input.EndTime * 1000,
  ])
  if (found.length > 1440) {
    throw new AwsError(
      'InvalidParameterCombinationException',
      `You have requested up to ${found.length} datapoints, which exceeds the limit of 1,440.`,
    )
  }
  return {
    Label: input.MetricName,
    Datapoints: found.map(({ at, samples }) => ({
      Timestamp: new Date(at),
      ...Object.fromEntries(plain.map((name) => [name, statistic(samples, name)])),
      ...(extended.length
        ? { ExtendedStatistics: Object.fromEntries(extended.map((name) => [name, statistic(samples, name)])) }
        : {}),
      Unit: input.Unit ?? 'None',
    })),
  }
}

/** `ListMetrics`: by namespace, name and dimensions, 500 a page. */
export const listMetrics: Operation = ({ world, accountId, region }, input) => {
  const wanted = (input.Dimensions ?? []) as readonly { Name: string; Value?: string }[]
  const metrics = everyMetric(cloudWatchState(world, accountId, region)).filter(
    ({ namespace, name, dimensions }) =>
      (input.Namespace ?? namespace) === namespace &&
      (input.MetricName ?? name) === name &&
      wanted.every(
        ({ Name, Value }) => Name in dimensions && (Value ?? dimensions[Name]) === dimensions[Name],
      ),
  )
  const { page, token } = pageOf(metrics, input.NextToken, 500)
  return {
    Metrics: page.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
    NextToken: token,
  }
}
