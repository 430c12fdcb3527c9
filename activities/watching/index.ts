import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Stay } from '../poll.ts'
import { createHistoryReader } from './alarm-history.ts'
import { createAlarmReader } from './alarm-reader.ts'
import { deleteAlarms, ensureAlarms } from './ensure-alarms.ts'
import { judgeBake } from './judge-bake.ts'
import type { AlarmReaders } from './look-at-alarms.ts'
import { watchTarget } from './watch-target.ts'

type WatchingActivities = Pick<Activities, 'ensureAlarms' | 'deleteAlarms' | 'watchTarget' | 'judgeBake'>

/** Everything about alarms and metrics. Made once a worker, so that its looks can share calls. */
export function createWatchingActivities(deps: Dependencies): WatchingActivities {
  const readers = createReaders(deps)
  return {
    ensureAlarms: (input) => ensureAlarms(deps, input),
    deleteAlarms: (input) => deleteAlarms(deps, input),
    // For watches that began before they had a task queue of their own.
    watchTarget: (input) => watchTarget(readers, input),
    judgeBake: (input) => judgeBake(deps, readers, input),
  }
}

/** The watch alone, as a worker of its own runs it: without `stay` each look is an attempt. */
export function createWatchActivity(deps: Dependencies, stay?: Stay): Pick<Activities, 'watchTarget'> {
  const readers = createReaders(deps)
  return { watchTarget: (input) => watchTarget(readers, input, stay) }
}

function createReaders(deps: Dependencies): AlarmReaders {
  return { states: createAlarmReader(deps.aws.cloudwatch), moments: createHistoryReader(deps) }
}
