import type { DocumentTarget } from '../document/targets.ts'
import type { WatchAlarm } from '../document/types.ts'
import { watchMetrics, isWatchMetric } from '../watch-metrics.ts'
import type { PlanContext } from './context.ts'
import { factsOf } from './context.ts'
import { alarmName } from './names.ts'
import type { PlannedAlarm } from './types.ts'

/** The name of the alarm that a document's entry looks at or copies; null for one of ours. */
export function namedAlarm(alarm: WatchAlarm): string | null {
  if (alarm.kind === 'existing') return alarm.name
  return alarm.kind === 'like' ? alarm.like : null
}

/** Whether nobody is to act on an alarm: an emergency says so, or it was red at the start and the document ignores that. */
export function isIgnored(context: PlanContext, key: string, alarm: WatchAlarm): boolean {
  const name = namedAlarm(alarm)
  if (name === null) return false
  if (context.document.emergency?.ignoreAlarms.includes(name)) return true
  const red = factsOf(context, key).alarms[name]?.state === 'ALARM'
  return alarm.kind === 'existing' && red && context.document.production.watch.whenInAlarmAtStart === 'ignore'
}

/** CloudWatch's own unit: latencies are microseconds there. */
export function thresholdOf(alarm: Extract<WatchAlarm, { kind: 'metric' }>): number {
  const latency = isWatchMetric(alarm.metric) && watchMetrics[alarm.metric].measures === 'latency'
  return latency ? alarm.above * 1000 : alarm.above
}

/** The alarms that watch one target. Copies of ignored alarms are not made. */
export function planAlarms(context: PlanContext, { target }: DocumentTarget): readonly PlannedAlarm[] {
  const { document, rolloutId } = context
  return document.production.watch.alarms.flatMap((alarm, index): PlannedAlarm[] => {
    const ignored = isIgnored(context, target.key, alarm)
    if (alarm.kind === 'existing')
      return [{ kind: 'existing', name: alarm.name, ...(ignored ? { ignored } : {}) }]
    const slug = alarm.kind === 'like' ? alarm.like : `${alarm.metric}-${alarm.stat}`
    const name = alarmName(rolloutId, document.name, target.key, `${index + 1}-${slug}`)
    if (alarm.kind === 'like') return ignored ? [] : [{ kind: 'like', name, like: alarm.like }]
    return [
      {
        kind: 'metric',
        name,
        metric: alarm.metric,
        stat: alarm.stat,
        threshold: thresholdOf(alarm),
        period: alarm.period / 1000,
        datapointsToAlarm: alarm.breaches.count,
        evaluationPeriods: alarm.breaches.of,
      },
    ]
  })
}
