import { GetMetricDataCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch'

const MINUTE = 60_000
const WEEK = 7 * 24 * 60 * MINUTE
const PERIOD_SECONDS = 3600

/**
 * Mean invocations a minute of a variant over the last week, or over the endpoint's life where that is shorter, in
 * document time. Undefined when CloudWatch does not say.
 */
export async function readTraffic(
  cloudwatch: CloudWatchClient,
  {
    endpoint,
    variant,
    createdAt,
  }: { readonly endpoint: string; readonly variant: string; readonly createdAt: string },
  clockRate: number,
  now: number = Date.now(),
): Promise<{ readonly perMinute: number } | undefined> {
  const age = Math.max(MINUTE, (now - Date.parse(createdAt)) * clockRate)
  const span = Math.min(WEEK, age)
  let sum = 0
  let NextToken: string | undefined
  do {
    const page = await cloudwatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(now - span / clockRate),
        EndTime: new Date(now),
        NextToken,
        MetricDataQueries: [
          {
            Id: 'invocations',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/SageMaker',
                MetricName: 'Invocations',
                Dimensions: [
                  { Name: 'EndpointName', Value: endpoint },
                  { Name: 'VariantName', Value: variant },
                ],
              },
              Stat: 'Sum',
              Period: PERIOD_SECONDS,
            },
          },
        ],
      }),
    )
    for (const { Values, StatusCode } of page.MetricDataResults ?? []) {
      if (StatusCode === 'Forbidden' || StatusCode === 'InternalError') return undefined
      for (const value of Values ?? []) sum += value
    }
    NextToken = page.NextToken
  } while (NextToken)
  return { perMinute: sum / (span / MINUTE) }
}
