import { AsyncLocalStorage } from 'node:async_hooks'
import {
  DescribeAlarmsCommand,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch'
import type { Place } from '../../rollout/target.ts'
import type { AlarmReading } from '../../rollout/verdict/alarm-evidence.ts'

/** Reads alarms by name; names that do not exist are left out of the answer. */
export type ReadAlarms = (
  place: Place,
  rolloutId: string,
  names: readonly string[],
) => Promise<readonly AlarmReading[]>

const mostNames = 100
const windowMs = 200
const timeoutMs = 7_000

interface Batch {
  readonly names: Set<string>
  readonly answer: Promise<ReadonlyMap<string, AlarmReading>>
}

/**
 * Looks that many rollouts take at one account and Region within a moment share their DescribeAlarms calls, of up to 100
 * names each. AWS allows nine such calls a second.
 */
export function createAlarmReader(
  cloudwatch: (place: Place, rolloutId: string) => CloudWatchClient,
): ReadAlarms {
  const open = new Map<string, Batch>()
  // A batch belongs to no activity: the cancellation of the first that asked must not end it for the others.
  const outside = AsyncLocalStorage.snapshot()

  const begin = (place: Place, rolloutId: string, key: string): Batch => {
    const names = new Set<string>()
    const answer = outside(async () => {
      await new Promise((resolve) => setTimeout(resolve, windowMs))
      open.delete(key)
      const readings = await describe(cloudwatch(place, rolloutId), [...names])
      return new Map(readings.map((reading) => [reading.name, reading]))
    })
    // Each asker meets the error in its own await.
    answer.catch(() => {})
    return { names, answer }
  }

  return async (place, rolloutId, names) => {
    if (names.length === 0) return []
    const key = [place.accountId, place.region, place.role, place.externalId].join(' ')
    const batch = open.get(key) ?? begin(place, rolloutId, key)
    open.set(key, batch)
    for (const name of names) batch.names.add(name)
    const found = await batch.answer
    return names.flatMap((name) => found.get(name) ?? [])
  }
}

async function describe(client: CloudWatchClient, names: readonly string[]): Promise<AlarmReading[]> {
  const readings: AlarmReading[] = []
  for (let from = 0; from < names.length; from += mostNames) {
    let NextToken: string | undefined
    do {
      const page = await client.send(
        new DescribeAlarmsCommand({
          AlarmNames: names.slice(from, from + mostNames),
          // Without it composite alarms are silently left out.
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
          MaxRecords: mostNames,
          NextToken,
        }),
        { requestTimeout: timeoutMs },
      )
      readings.push(...[...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])].map(toReading))
      NextToken = page.NextToken
    } while (NextToken)
  }
  return readings
}

function toReading(alarm: MetricAlarm & CompositeAlarm): AlarmReading {
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp
  return {
    name: alarm.AlarmName!,
    state: alarm.StateValue!,
    ...(alarm.StateReason && { reason: alarm.StateReason }),
    ...(alarm.StateReasonData && { reasonData: alarm.StateReasonData }),
    ...(alarm.MetricName && { metric: alarm.MetricName }),
    ...(alarm.ComparisonOperator && { comparison: alarm.ComparisonOperator }),
    ...(alarm.Threshold !== undefined && { threshold: alarm.Threshold }),
    ...(since && { since: since.toISOString() }),
  }
}
