import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { createCheckRestart } from './check-restart.ts'
import { createReadPlan } from './read-plan.ts'

/** The preflight, and what must be looked at again before an update. */
export function createPlanningActivities(
  dependencies: Dependencies,
): Pick<Activities, 'readPlan' | 'checkRestart'> {
  return { readPlan: createReadPlan(dependencies), checkRestart: createCheckRestart(dependencies) }
}
