import type { PlannedAlarm } from '../plan/types.ts'
import type { AlarmSeen } from '../view.ts'
import { type AlarmReading, describeAlarm } from './alarm-evidence.ts'

/** What needs somebody stands first. */
const order: readonly AlarmSeen['state'][] = ['ALARM', 'NotFound', 'INSUFFICIENT_DATA', 'OK']

/** The alarms that decide about a target as one look met them, red ones first; one that is gone among them. */
export function seeAlarms(
  planned: readonly PlannedAlarm[],
  readings: readonly AlarmReading[],
): readonly AlarmSeen[] {
  const known = new Map(readings.map((reading) => [reading.name, reading]))
  return planned
    .filter((alarm) => !(alarm.kind === 'existing' && alarm.ignored))
    .map((alarm) => see(alarm, known.get(alarm.name)))
    .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.name.localeCompare(b.name))
}

function see(alarm: PlannedAlarm, reading: AlarmReading | undefined): AlarmSeen {
  const whose = {
    name: alarm.name,
    owner: alarm.kind === 'existing' ? 'team' : 'rollout',
    ...(alarm.kind === 'like' ? { copyOf: alarm.like } : {}),
  } as const
  if (!reading) return { ...whose, state: 'NotFound' }
  const { kind: _kind, alarm: _name, datapoints: _datapoints, ...numbers } = describeAlarm(reading).cause
  return { ...whose, state: reading.state, ...numbers }
}
