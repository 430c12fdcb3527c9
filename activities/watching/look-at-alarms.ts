import { Context } from '@temporalio/activity'
import type { Place } from '../../rollout/target.ts'
import type { AlarmReading } from '../../rollout/verdict/alarm-evidence.ts'
import type { PlannedAlarm } from '../../rollout/plan/types.ts'
import type { ReadRedMoments } from './alarm-history.ts'
import type { ReadAlarms } from './alarm-reader.ts'

/** How the alarms of a place are read: as they are, and when they were red. */
export interface AlarmReaders {
  readonly states: ReadAlarms
  readonly moments: ReadRedMoments
}

/** Names of the alarms that decide; what the document ignores is not among them. */
export function decidingAlarms(alarms: readonly PlannedAlarm[]): readonly string[] {
  return alarms.filter((alarm) => !(alarm.kind === 'existing' && alarm.ignored)).map((alarm) => alarm.name)
}

/** Red moments since then, each with what the alarm measures, so that the evidence reads as that of a red alarm does. */
export async function momentsSince(
  { moments }: AlarmReaders,
  on: { readonly target: Place; readonly rolloutId: string },
  readings: readonly AlarmReading[],
  since: number,
): Promise<readonly AlarmReading[]> {
  const names = readings.map((reading) => reading.name)
  const found = await untilCancelled(moments(on.target, on.rolloutId, names, since))
  const known = new Map(readings.map((reading) => [reading.name, reading]))
  return found.map((moment) => {
    const { metric, comparison, threshold } = known.get(moment.name) ?? moment
    return {
      ...moment,
      ...(metric !== undefined && { metric }),
      ...(comparison !== undefined && { comparison }),
      ...(threshold !== undefined && { threshold }),
    }
  })
}

/** A shared look goes on for others when this activity is cancelled. */
export async function untilCancelled<T>(work: Promise<T>): Promise<T> {
  return Promise.race([work, Context.current().cancelled])
}
