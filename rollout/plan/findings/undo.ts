import type { DocumentTarget } from '../../document/targets.ts'
import { factsOf, isUnreadable, type PlanContext } from '../context.ts'
import type { Finding } from '../types.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

/** Going back after a commit: the endpoint must be there, still with what is undone, and there must be something to go back to. */
export const findUndo: Find = (context) => {
  const { restore, production } = context
  if (!restore) return []
  if (production.length > 0) return production.flatMap((target) => findMoved(context, target))
  return [
    error(
      'nothing-to-undo',
      {},
      'no target of the document has a previous config to go back to',
      'deploy the previous model with a rollout of its own',
    ),
  ]
}

function findMoved(context: PlanContext, { target, path }: DocumentTarget): readonly Finding[] {
  const { endpoint, denied, config } = factsOf(context, target.key)
  const where = { path, target: target.key }
  if (!endpoint) {
    if (denied !== undefined) return []
    return [
      error(
        'endpoint-missing',
        where,
        `endpoint ${target.key} does not exist any more; there is nothing to put back`,
        'deploy the previous model with a rollout of its own',
      ),
    ]
  }
  const model = context.committed[target.key]
  if (model === undefined || !config || isUnreadable(config)) return []
  if (config.request.ProductionVariants.some(({ ModelName }) => ModelName === model)) return []
  return [
    error(
      'moved-on',
      where,
      `endpoint ${target.key} does not serve model ${model} any more, which is to be taken off: its config is ${endpoint.configName}`,
      'undo what was deployed since, or start a rollout of the version that you want',
    ),
  ]
}
