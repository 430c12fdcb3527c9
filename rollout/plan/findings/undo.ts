import { factsOf } from '../context.ts'
import type { Finding } from '../types.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

/** Going back after a commit: the endpoint must be there, and there must be something to go back to. */
export const findUndo: Find = (context) => {
  const { restore, production } = context
  if (!restore) return []
  const missing = production.flatMap(({ target, path }): readonly Finding[] => {
    const facts = factsOf(context, target.key)
    if (facts.endpoint || facts.denied !== undefined) return []
    return [
      error(
        'endpoint-missing',
        { path, target: target.key },
        `endpoint ${target.key} does not exist any more; there is nothing to put back`,
        'deploy the previous model with a rollout of its own',
      ),
    ]
  })
  if (production.length > 0) return missing
  return [
    error(
      'nothing-to-undo',
      {},
      'no target of the document has a previous config to go back to',
      'deploy the previous model with a rollout of its own',
    ),
  ]
}
