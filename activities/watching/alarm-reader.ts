import {
  DescribeAlarmsCommand,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch'
import type { Place } from '../../rollout/target.ts'
import type { AlarmReading } from '../../rollout/verdict/alarm-evidence.ts'
import { shareCalls } from './share-calls.ts'

/** Reads alarms by name; names that do not exist are left out of the answer. */
export type ReadAlarms = (
  place: Place,
  rolloutId: string,
  names: readonly string[],
) => Promise<readonly AlarmReading[]>

const mostNames = 100
/** Real milliseconds one request may take, so that a look fits into its attempt. */
export const timeoutMs = 7_000

/**
 * Looks that many rollouts take at one account and Region within a moment share their DescribeAlarms calls, of up to 100
 * names each. AWS allows nine such calls a second.
 */
export function createAlarmReader(
  cloudwatch: (place: Place, rolloutId: string) => CloudWatchClient,
): ReadAlarms {
  const readings = shareCalls(async (place, rolloutId, asked: readonly (readonly string[])[]) => {
    const found = await describe(cloudwatch(place, rolloutId), [...new Set(asked.flat())])
    return new Map(found.map((reading) => [reading.name, reading]))
  })
  return async (place, rolloutId, names) => {
    if (names.length === 0) return []
    const found = await readings(place, rolloutId, names)
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
