import { GetMetricDataCommand, type CloudWatchClient, type MetricDataQuery } from '@aws-sdk/client-cloudwatch'

/** What one variant served in a time; null where CloudWatch could not say. */
export interface Served {
  readonly invocations: number | null
  readonly errors: number | null
  /** Milliseconds, over all invocations. */
  readonly meanLatency: number | null
}

interface Window {
  readonly endpoint: string
  readonly variant: string
  /** Real epoch milliseconds. */
  readonly from: number
  readonly to: number
  readonly clockRate: number
}

const minute = 60
const metrics = {
  invocations: ['Invocations', 'Sum'],
  errors: ['Invocation5XXErrors', 'Sum'],
  latency: ['ModelLatency', 'Sum'],
  latencies: ['ModelLatency', 'SampleCount'],
} as const

/**
 * Sums over every minute that the window touches. A raised clock shortens the minutes of time stamps but not the periods in
 * requests.
 */
export async function readServed(client: CloudWatchClient, window: Window): Promise<Served> {
  const bucket = (minute * 1000) / window.clockRate
  const StartTime = new Date(Math.floor(window.from / bucket) * bucket)
  const EndTime = new Date(Math.max(Math.ceil(window.to / bucket) * bucket, StartTime.getTime() + bucket))
  const sums = new Map<string, number | null>()
  let NextToken: string | undefined
  do {
    const page = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: Object.entries(metrics).map(([Id, [name, Stat]]) => query(Id, name, Stat, window)),
        StartTime,
        EndTime,
        NextToken,
      }),
    )
    for (const { Id, Values = [], StatusCode } of page.MetricDataResults ?? []) {
      const before = sums.get(Id!)
      const complete =
        StatusCode === 'Complete' || (StatusCode === 'PartialData' && page.NextToken !== undefined)
      const sum = Values.reduce((total, value) => total + value, before ?? 0)
      sums.set(Id!, complete && before !== null ? sum : null)
    }
    NextToken = page.NextToken
  } while (NextToken)
  const of = (id: keyof typeof metrics) => sums.get(id) ?? null
  const [microseconds, count] = [of('latency'), of('latencies')]
  return {
    invocations: of('invocations'),
    errors: of('errors'),
    meanLatency: microseconds !== null && count ? microseconds / count / 1000 : null,
  }
}

function query(Id: string, MetricName: string, Stat: string, { endpoint, variant }: Window): MetricDataQuery {
  return {
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/SageMaker',
        MetricName,
        Dimensions: [
          { Name: 'EndpointName', Value: endpoint },
          { Name: 'VariantName', Value: variant },
        ],
      },
      Period: minute,
      Stat,
    },
  }
}
