import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  ListEndpointsCommand,
} from '@aws-sdk/client-sagemaker'
import { ListServiceQuotasCommand, type ServiceQuota } from '@aws-sdk/client-service-quotas'
import type { TargetFacts } from '../../rollout/facts.ts'
import type { Place } from '../../rollout/target.ts'
import { inParallel } from '../aws/in-parallel.ts'
import { isNotFound } from '../aws/predicates.ts'
import { fail } from '../failure.ts'
import { isUnreadable, onceIn, readable, type Reading } from './reading.ts'

const MOST_ENDPOINTS = 200
const AT_A_TIME = 5
const USAGE_MINUTES = 30

/**
 * How many instances of each type the account may have for endpoints in a Region, and how many it has: by the quota's own
 * usage metric where AWS publishes one, else counted over the endpoints.
 */
export async function readQuotas(
  reading: Reading,
  place: Place,
  instanceTypes: readonly string[],
): Promise<TargetFacts['quotas']> {
  if (instanceTypes.length === 0) return {}
  const types = instanceTypes.toSorted()
  const quotas = await onceIn(reading, place, `quotas of ${types.join(' ')}`, () =>
    readable(reading, () => listQuotas(reading, place, types)),
  )
  if (isUnreadable(quotas)) return Object.fromEntries(instanceTypes.map((type) => [type, quotas]))
  const read = await inParallel(instanceTypes, instanceTypes.length, async (type) => {
    const facts = await readable(reading, async () => {
      const quota = quotas.get(type)
      if (!quota)
        throw fail('NotFound', `Service Quotas does not list "${quotaName(type)}" in ${place.region}.`)
      const used =
        (await usageOf(reading, place, quota)) ??
        (await onceIn(reading, place, 'instances', () => countInstances(reading, place)))[type] ??
        0
      return { limit: quota.Value ?? 0, used }
    })
    return [type, facts] as const
  })
  return Object.fromEntries(read)
}

const quotaName = (instanceType: string) => `${instanceType} for endpoint usage`

/** There is no look-up by name, and codes differ: the list is read until every type is found. */
async function listQuotas({ aws, session }: Reading, place: Place, types: readonly string[]) {
  const found = new Map<string, ServiceQuota>()
  let NextToken: string | undefined
  do {
    const page = await aws
      .quotas(place, session)
      .send(new ListServiceQuotasCommand({ ServiceCode: 'sagemaker', MaxResults: 100, NextToken }))
    for (const quota of page.Quotas ?? []) {
      const type = types.find((one) => quota.QuotaName === quotaName(one))
      if (type) found.set(type, quota)
    }
    NextToken = page.NextToken
  } while (NextToken && found.size < types.length)
  return found
}

async function usageOf(reading: Reading, place: Place, { UsageMetric: metric }: ServiceQuota) {
  if (!metric?.MetricNamespace || !metric.MetricName) return undefined
  const { aws, session, clockRate } = reading
  const { MetricDataResults } = await aws.cloudwatch(place, session).send(
    new GetMetricDataCommand({
      StartTime: new Date(Date.now() - (USAGE_MINUTES * 60_000) / clockRate),
      EndTime: new Date(),
      MetricDataQueries: [
        {
          Id: 'usage',
          MetricStat: {
            Metric: {
              Namespace: metric.MetricNamespace,
              MetricName: metric.MetricName,
              Dimensions: Object.entries(metric.MetricDimensions ?? {}).map(([Name, Value]) => ({
                Name,
                Value,
              })),
            },
            Stat: metric.MetricStatisticRecommendation ?? 'Maximum',
            Period: 300,
          },
        },
      ],
    }),
  )
  // Newest first.
  return MetricDataResults?.[0]?.Values?.[0]
}

async function countInstances(
  { aws, session }: Reading,
  place: Place,
): Promise<Readonly<Record<string, number>>> {
  const sagemaker = aws.sagemaker(place, session)
  const names: string[] = []
  let NextToken: string | undefined
  do {
    const page = await sagemaker.send(new ListEndpointsCommand({ MaxResults: 100, NextToken }))
    names.push(...(page.Endpoints ?? []).map(({ EndpointName }) => EndpointName!))
    NextToken = page.NextToken
  } while (NextToken && names.length <= MOST_ENDPOINTS)
  if (names.length > MOST_ENDPOINTS)
    throw fail('Refused', `there are more than ${MOST_ENDPOINTS} endpoints to count instances of`)
  const counts: Record<string, number> = {}
  await inParallel(names, AT_A_TIME, async (name) => {
    for (const [type, count] of await instancesOf(name)) counts[type] = (counts[type] ?? 0) + count
  })
  return counts

  async function instancesOf(EndpointName: string): Promise<(readonly [string, number])[]> {
    try {
      const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }))
      if (!endpoint.EndpointConfigName) return []
      const { ProductionVariants = [], ShadowProductionVariants = [] } = await sagemaker.send(
        new DescribeEndpointConfigCommand({ EndpointConfigName: endpoint.EndpointConfigName }),
      )
      const live = [...(endpoint.ProductionVariants ?? []), ...(endpoint.ShadowProductionVariants ?? [])]
      return [...ProductionVariants, ...ShadowProductionVariants].flatMap(({ VariantName, InstanceType }) => {
        const count = live.find((one) => one.VariantName === VariantName)?.CurrentInstanceCount ?? 0
        return InstanceType ? [[InstanceType, count] as const] : []
      })
    } catch (error) {
      // Deleted meanwhile, or a config that somebody removed under its endpoint.
      if (isNotFound(error)) return []
      throw error
    }
  }
}
