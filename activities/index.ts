import { createFreezeActivities } from './freezes.ts'
import { createDecisionActivities } from './decisions.ts'
import { closedFailures } from './closed-failures.ts'
import type { Activities } from './contract.ts'
import type { Dependencies } from './dependencies.ts'
import { createEndpointActivities } from './endpoint/index.ts'
import { createPlanningActivities } from './planning/index.ts'
import { createRecordActivities } from './record.ts'
import { createRegistryActivities } from './registry/index.ts'
import { createReplicationActivities } from './replication/index.ts'
import { createTestingActivities } from './testing/index.ts'
import type { Stay } from './poll.ts'
import { createWatchActivity, createWatchingActivities } from './watching/index.ts'

/** Every activity of the worker. They throw only failures of `rollout/failure.ts`, whatever happens inside. */
export function createActivities(dependencies: Dependencies): Activities {
  return closedFailures({
    ...createPlanningActivities(dependencies),
    ...createRegistryActivities(dependencies),
    ...createReplicationActivities(dependencies),
    ...createEndpointActivities(dependencies),
    ...createWatchingActivities(dependencies),
    ...createTestingActivities(dependencies),
    ...createFreezeActivities(dependencies),
    ...createRecordActivities(dependencies),
    ...createDecisionActivities(dependencies),
  })
}

/** Those that mostly wait, for the task queue of waits; see `createActivities`. */
export function createWaiting(
  dependencies: Dependencies,
  stay: Stay | undefined,
): Pick<Activities, 'watchTarget' | 'deleteConfig' | 'deleteModel' | 'prune'> {
  const { deleteConfig, deleteModel, prune } = createEndpointActivities(dependencies)
  return closedFailures({ ...createWatchActivity(dependencies, stay), deleteConfig, deleteModel, prune })
}
