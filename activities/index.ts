import type { Activities } from './contract.ts'
import type { Dependencies } from './dependencies.ts'
import { closedFailures } from './closed-failures.ts'

/** Every activity of the worker. They throw only failures of `rollout/failure.ts`, whatever happens inside. */
export function createActivities(_dependencies: Dependencies): Partial<Activities> {
  return closedFailures({})
}
