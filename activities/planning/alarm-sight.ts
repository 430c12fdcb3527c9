import type { CompositeAlarm, MetricAlarm } from '@aws-sdk/client-cloudwatch'
import type { AlarmFacts } from '../../rollout/facts.ts'
import { alarmsInRule } from './alarm-rule.ts'

/** Which variants of one endpoint an alarm can see. */
type Sight = Pick<AlarmFacts, 'variants' | 'seesEveryVariant' | 'window'>

interface Dimension {
  readonly Name?: string | undefined
  readonly Value?: string | undefined
}

/** What a metric alarm looks at: its one metric, or those of its math. */
export function sightOfMetric(alarm: MetricAlarm, endpoint: string): Sight {
  const periods: number[] = []
  const variants = new Set<string>()
  let seesEveryVariant = false
  const look = (dimensions: readonly Dimension[] = []) => {
    const value = (name: string) => dimensions.find(({ Name }) => Name === name)?.Value
    const other = value('EndpointName')
    // Of another endpoint: it sees none of ours.
    if (other !== undefined && other !== endpoint) return
    const variant = value('VariantName')
    if (variant === undefined) seesEveryVariant = true
    else variants.add(variant)
  }
  if (alarm.MetricName) look(alarm.Dimensions)
  if (alarm.Period) periods.push(alarm.Period)
  for (const { MetricStat, Expression, Period } of alarm.Metrics ?? []) {
    if (MetricStat) look(MetricStat.Metric?.Dimensions)
    if (MetricStat?.Period) periods.push(MetricStat.Period)
    if (Period) periods.push(Period)
    // SEARCH and Metrics Insights find metrics by name; what they pin stands in their text.
    if (Expression && /\bSEARCH\s*\(|^\s*SELECT\b/i.test(Expression)) {
      const pinned = /VariantName\s*=\s*\\?["']?([\w-]+)/.exec(Expression)?.[1]
      if (pinned) variants.add(pinned)
      else seesEveryVariant = true
    }
  }
  const window = Math.max(0, ...periods) * (alarm.EvaluationPeriods ?? 1) * 1000
  return { variants: [...variants].sort(), seesEveryVariant, window }
}

/** Every alarm by name as facts; a composite sees what its children see, however deep. */
export function toAlarmFacts(
  name: string,
  known: ReadonlyMap<string, MetricAlarm | CompositeAlarm>,
  endpoint: string,
): AlarmFacts | null {
  const alarm = known.get(name)
  if (!alarm) return null
  return {
    name,
    kind: 'AlarmRule' in alarm ? 'composite' : 'metric',
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    reason: alarm.StateReason ?? '',
    ...sightOf(name, known, endpoint, new Set()),
  }
}

function sightOf(
  name: string,
  known: ReadonlyMap<string, MetricAlarm | CompositeAlarm>,
  endpoint: string,
  above: Set<string>,
): Sight {
  const nothing: Sight = { variants: [], seesEveryVariant: false, window: 0 }
  const alarm = known.get(name)
  if (!alarm || above.has(name)) return nothing
  if (!('AlarmRule' in alarm)) return sightOfMetric(alarm, endpoint)
  const children = alarmsInRule(alarm.AlarmRule ?? '').map((child) =>
    sightOf(child, known, endpoint, new Set([...above, name])),
  )
  return {
    variants: [...new Set(children.flatMap(({ variants }) => variants))].sort(),
    seesEveryVariant: children.some((child) => child.seesEveryVariant),
    window: Math.max(0, ...children.map(({ window }) => window)),
  }
}
