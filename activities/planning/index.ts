import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { createReadPlan } from './read-plan.ts'

/** The preflight. */
export function createPlanningActivities(dependencies: Dependencies): Pick<Activities, 'readPlan'> {
  return { readPlan: createReadPlan(dependencies) }
}
