import type { Operation } from '../core/types.ts'
import { pageOf } from './get-metrics.ts'
import { cloudWatchState, type Alarm, type AlarmState } from './state.ts'

/** What CloudWatch writes about one state in `HistoryData`: there the reason's data is an object, not text. */
const stateOf = ({ value, reason, reasonData }: AlarmState) => ({
  stateValue: value,
  stateReason: reason,
  ...(reasonData === undefined ? {} : { stateReasonData: JSON.parse(reasonData) as unknown }),
})

const itemsOf = ({ name, kind, history }: Alarm) =>
  history.slice(1).map((entry, index) => {
    const before = history[index]!
    return {
      at: entry.updatedAt,
      item: {
        AlarmName: name,
        AlarmType: kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
        Timestamp: new Date(entry.updatedAt),
        HistoryItemType: 'StateUpdate',
        HistorySummary: `Alarm updated from ${before.value} to ${entry.value}`,
        HistoryData: JSON.stringify({ version: '1.0', oldState: stateOf(before), newState: stateOf(entry) }),
      },
    }
  })

/**
 * `DescribeAlarmHistory`, for changes of state: metric alarms only unless `AlarmTypes` says otherwise, newest first unless
 * asked otherwise. Kinds of items that nothing here writes are absent, and so is an alarm that was deleted.
 */
export const describeAlarmHistory: Operation = ({ world, accountId, region }, input) => {
  const types: readonly string[] = input.AlarmTypes ?? ['MetricAlarm']
  const [from, to] = [(input.StartDate ?? 0) * 1000, (input.EndDate ?? Infinity) * 1000]
  const items = [...cloudWatchState(world, accountId, region).alarms.values()]
    .filter((alarm) => input.AlarmName === undefined || alarm.name === input.AlarmName)
    .flatMap(itemsOf)
    .filter(({ item }) => types.includes(item.AlarmType))
    .filter(({ item }) => (input.HistoryItemType ?? item.HistoryItemType) === item.HistoryItemType)
    .filter(({ at }) => at >= from && at <= to)
    .sort((a, b) => a.at - b.at)
  if (input.ScanBy !== 'TimestampAscending') items.reverse()
  const { page, token } = pageOf(items, input.NextToken, input.MaxRecords ?? 50)
  return { AlarmHistoryItems: page.map(({ item }) => item), NextToken: token }
}
