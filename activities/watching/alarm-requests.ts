import type { MetricAlarm, PutMetricAlarmInput, Statistic } from '@aws-sdk/client-cloudwatch'
import type { PlannedAlarm } from '../../rollout/plan/types.ts'
import { isWatchMetric, watchMetrics } from '../../rollout/watch-metrics.ts'

/** What DescribeAlarms says of a metric alarm beside what PutMetricAlarm takes. */
const answerOnly = [
  'AlarmName',
  'AlarmArn',
  'AlarmConfigurationUpdatedTimestamp',
  'StateValue',
  'StateReason',
  'StateReasonData',
  'StateUpdatedTimestamp',
  'StateTransitionedTimestamp',
  'EvaluationState',
] as const

/**
 * A copy of an alarm, same actions, metric, math and threshold, that looks at `variant` wherever the original looks at
 * `stable`. `renamed` counts those places.
 */
export function alarmLike(
  original: MetricAlarm,
  { name, stable, variant }: { readonly name: string; readonly stable: string; readonly variant: string },
): { readonly request: PutMetricAlarmInput; readonly renamed: number; readonly pinned: readonly string[] } {
  const request: Record<string, unknown> = { ...original }
  for (const member of answerOnly) delete request[member]
  const seen = { renamed: 0, pinned: new Set<string>() }
  const copy = redirect(request, stable, variant, seen) as PutMetricAlarmInput
  const about = `Copy of ${original.AlarmName} for variant ${variant}, for one rollout.`
  return {
    request: {
      ...copy,
      AlarmName: name,
      AlarmDescription: [about, original.AlarmDescription].filter(Boolean).join(' ').slice(0, 1024),
    },
    renamed: seen.renamed,
    pinned: [...seen.pinned],
  }
}

function redirect(
  value: unknown,
  stable: string,
  variant: string,
  seen: { renamed: number; readonly pinned: Set<string> },
): unknown {
  if (Array.isArray(value)) return value.map((item) => redirect(item, stable, variant, seen))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if ('Name' in value && 'Value' in value && value.Name === 'VariantName') {
    if (value.Value !== stable) {
      seen.pinned.add(String(value.Value))
      return value
    }
    seen.renamed++
    return { ...value, Value: variant }
  }
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => {
      if (member !== 'Expression' || typeof inner !== 'string') {
        return [member, redirect(inner, stable, variant, seen)]
      }
      // Metrics Insights: SELECT … WHERE VariantName = 'main'
      const text = inner.replace(/(VariantName"?\s*=\s*)(['"])([^'"]*)\2/g, (whole, head, quote, found) => {
        if (found !== stable) return whole
        seen.renamed++
        return `${head}${quote}${variant}${quote}`
      })
      return [member, text]
    }),
  )
}

const plainStatistics: readonly string[] = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']

/**
 * An alarm of ours on one metric of one variant. Missing data stays missing: silence is neither good nor bad, and a bake
 * judges it.
 */
export function alarmOfOurs(
  alarm: Extract<PlannedAlarm, { kind: 'metric' }>,
  { endpoint, variant }: { readonly endpoint: string; readonly variant: string },
): PutMetricAlarmInput {
  const known = isWatchMetric(alarm.metric) ? watchMetrics[alarm.metric] : undefined
  const plain = plainStatistics.includes(alarm.stat)
  return {
    AlarmName: alarm.name,
    AlarmDescription: `Watches variant ${variant} of endpoint ${endpoint} for one rollout.`,
    Namespace: known?.namespace ?? 'AWS/SageMaker',
    MetricName: alarm.metric,
    Dimensions: [
      { Name: 'EndpointName', Value: endpoint },
      { Name: 'VariantName', Value: variant },
    ],
    ...(plain ? { Statistic: alarm.stat as Statistic } : { ExtendedStatistic: alarm.stat }),
    Period: alarm.period,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'missing',
    ActionsEnabled: false,
  }
}
