import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { createHistoryReader } from './alarm-history.ts'
import { createAlarmReader } from './alarm-reader.ts'
import { deleteAlarms, ensureAlarms } from './ensure-alarms.ts'
import { judgeBake } from './judge-bake.ts'
import { watchTarget } from './watch-target.ts'

type WatchingActivities = Pick<Activities, 'ensureAlarms' | 'deleteAlarms' | 'watchTarget' | 'judgeBake'>

/** Everything about alarms and metrics. Made once a worker, so that its looks can share calls. */
export function createWatchingActivities(deps: Dependencies): WatchingActivities {
  const readers = {
    states: createAlarmReader(deps.aws.cloudwatch),
    moments: createHistoryReader(deps),
  }
  return {
    ensureAlarms: (input) => ensureAlarms(deps, input),
    deleteAlarms: (input) => deleteAlarms(deps, input),
    watchTarget: (input) => watchTarget(readers, input),
    judgeBake: (input) => judgeBake(deps, readers, input),
  }
}
