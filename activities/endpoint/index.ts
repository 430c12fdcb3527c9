import type { Activities } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { awaitEndpoint } from './await-endpoint.ts'
import { createEndpoint } from './create-endpoint.ts'
import { deleteEndpoint } from './delete-endpoint.ts'
import { deleteConfig, deleteModel } from './delete-parts.ts'
import { ensureConfig } from './ensure-config.ts'
import { ensureModel } from './ensure-model.ts'
import { prune } from './prune.ts'
import { cloneScaling, removeScaling, restoreScaling, suspendScaling } from './scaling.ts'
import { smokeTest } from './smoke-test.ts'
import { snapshotEndpoint } from './snapshot.ts'
import { ensureCapacity, setWeights, updateEndpoint } from './update-endpoint.ts'

type EndpointActivities = Pick<
  Activities,
  | 'snapshotEndpoint'
  | 'ensureModel'
  | 'ensureConfig'
  | 'createEndpoint'
  | 'updateEndpoint'
  | 'setWeights'
  | 'ensureCapacity'
  | 'awaitEndpoint'
  | 'smokeTest'
  | 'suspendScaling'
  | 'restoreScaling'
  | 'removeScaling'
  | 'cloneScaling'
  | 'deleteConfig'
  | 'deleteModel'
  | 'deleteEndpoint'
  | 'prune'
>

/** Everything that changes one endpoint, or waits for it. */
export function createEndpointActivities(deps: Dependencies): EndpointActivities {
  return {
    snapshotEndpoint: (input) => snapshotEndpoint(deps, input),
    ensureModel: (input) => ensureModel(deps, input),
    ensureConfig: (input) => ensureConfig(deps, input),
    createEndpoint: (input) => createEndpoint(deps, input),
    updateEndpoint: (input) => updateEndpoint(deps, input),
    setWeights: (input) => setWeights(deps, input),
    ensureCapacity: (input) => ensureCapacity(deps, input),
    awaitEndpoint: (input) => awaitEndpoint(deps, input),
    smokeTest: (input) => smokeTest(deps, input),
    suspendScaling: (input) => suspendScaling(deps, input),
    restoreScaling: (input) => restoreScaling(deps, input),
    removeScaling: (input) => removeScaling(deps, input),
    cloneScaling: (input) => cloneScaling(deps, input),
    deleteConfig: (input) => deleteConfig(deps, input),
    deleteModel: (input) => deleteModel(deps, input),
    deleteEndpoint: (input) => deleteEndpoint(deps, input),
    prune: (input) => prune(deps, input),
  }
}
