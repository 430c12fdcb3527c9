import {
  DescribeAlarmHistoryCommand,
  type AlarmHistoryItem,
  type CloudWatchClient,
} from '@aws-sdk/client-cloudwatch'
import type { Place } from '../../rollout/target.ts'
import type { AlarmReading } from '../../rollout/verdict/alarm-evidence.ts'
import { patiently } from '../aws/patiently.ts'
import type { Dependencies } from '../dependencies.ts'
import { timeoutMs } from './alarm-reader.ts'
import { shareCalls } from './share-calls.ts'

/** The moments since then (epoch milliseconds) at which one of these alarms turned red, oldest first. */
export type ReadRedMoments = (
  place: Place,
  rolloutId: string,
  names: readonly string[],
  since: number,
) => Promise<readonly AlarmReading[]>

const mostItems = 100
const atOnce = 4
/** A look ends within its ten seconds. */
const mostTries = 4

/**
 * Red moments that no look met, because no worker ran or they were shorter than the time between two looks. One call an
 * alarm, however many rollouts ask at the same moment; its first page is enough, because the first red moment decides.
 */
export function createHistoryReader({
  aws,
  clockRate,
}: Pick<Dependencies, 'aws' | 'clockRate'>): ReadRedMoments {
  interface Asked {
    readonly names: readonly string[]
    readonly since: number
  }
  const moments = shareCalls(async (place, rolloutId, asked: readonly Asked[]) => {
    const since = new Map<string, number>()
    for (const one of asked) {
      for (const name of one.names) since.set(name, Math.min(one.since, since.get(name) ?? one.since))
    }
    const client = aws.cloudwatch(place, rolloutId)
    const waiting = [...since]
    const found = new Map<string, readonly AlarmReading[]>()
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [name, from] = next
        found.set(name, await patiently(clockRate, () => redMoments(client, name, from), mostTries))
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    return found
  })
  return async (place, rolloutId, names, since) => {
    if (names.length === 0) return []
    const found = await moments(place, rolloutId, { names, since })
    return names.flatMap((name) =>
      (found.get(name) ?? []).filter((moment) => Date.parse(moment.since ?? '') >= since),
    )
  }
}

async function redMoments(client: CloudWatchClient, name: string, since: number): Promise<AlarmReading[]> {
  const { AlarmHistoryItems = [] } = await client.send(
    new DescribeAlarmHistoryCommand({
      AlarmName: name,
      // Without it composite alarms are silently left out.
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      HistoryItemType: 'StateUpdate',
      StartDate: new Date(since),
      ScanBy: 'TimestampAscending',
      MaxRecords: mostItems,
    }),
    { requestTimeout: timeoutMs },
  )
  return AlarmHistoryItems.flatMap((item) => toMoment(name, item))
}

/** `HistoryData` is JSON in a string and not a documented shape; the summary says the new state in any case. */
function toMoment(name: string, item: AlarmHistoryItem): readonly AlarmReading[] {
  const state = newState(item.HistoryData)
  const red = state['stateValue'] === 'ALARM' || /\bto ALARM\b/.test(item.HistorySummary ?? '')
  if (!red || !item.Timestamp) return []
  const { stateReason: reason, stateReasonData: reasonData } = state
  return [
    {
      name,
      state: 'ALARM',
      past: true,
      since: item.Timestamp.toISOString(),
      ...(typeof reason === 'string' && { reason }),
      ...(reasonData !== undefined && { reasonData: JSON.stringify(reasonData) }),
    },
  ]
}

function newState(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const { newState: state } = JSON.parse(text ?? '{}') as { newState?: unknown }
    return typeof state === 'object' && state !== null ? (state as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
