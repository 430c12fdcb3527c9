import {
  DescribeAlarmsCommand,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch'
import type { Document } from '../../rollout/document/types.ts'
import type { TargetFacts } from '../../rollout/facts.ts'
import { alarmsInRule } from './alarm-rule.ts'
import { toAlarmFacts } from './alarm-sight.ts'

const MOST_NAMES = 100
const DEEPEST = 8

/** Names of the alarms that a document looks at as they are, or copies. */
export function namedAlarms(document: Document): string[] {
  const names = document.production.watch.alarms.flatMap((alarm) =>
    alarm.kind === 'existing' ? [alarm.name] : alarm.kind === 'like' ? [alarm.like] : [],
  )
  return [...new Set(names)]
}

/** Named alarms and whatever composite ones among them look at; null for one that does not exist. */
export async function readAlarms(
  cloudwatch: CloudWatchClient,
  names: readonly string[],
  endpoint: string,
): Promise<TargetFacts['alarms']> {
  const known = new Map<string, MetricAlarm | CompositeAlarm>()
  const asked = new Set<string>()
  let next: readonly string[] = names
  for (let depth = 0; next.length > 0 && depth < DEEPEST; depth++) {
    for (const name of next) asked.add(name)
    const found = await describe(cloudwatch, next)
    for (const alarm of found) known.set(alarm.AlarmName!, alarm)
    const children = found.flatMap((alarm) =>
      'AlarmRule' in alarm ? alarmsInRule(alarm.AlarmRule ?? '') : [],
    )
    next = [...new Set(children)].filter((name) => !asked.has(name))
  }
  return Object.fromEntries(names.map((name) => [name, toAlarmFacts(name, known, endpoint)]))
}

async function describe(cloudwatch: CloudWatchClient, names: readonly string[]) {
  const found: (MetricAlarm | CompositeAlarm)[] = []
  for (let from = 0; from < names.length; from += MOST_NAMES) {
    const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: names.slice(from, from + MOST_NAMES),
        // The default is metric alarms only.
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
        MaxRecords: MOST_NAMES,
      }),
    )
    found.push(...MetricAlarms, ...CompositeAlarms)
  }
  return found
}
