import { factsOf, isUnreadable } from '../context.ts'
import type { Finding } from '../types.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

/** Preparing restarts stable's fleet: its config, model, artifacts and images must still be there. */
export const findStable: Find = (context) => {
  return context.production.flatMap(({ target, path }): readonly Finding[] => {
    const { endpoint, config, stableModel } = factsOf(context, target.key)
    if (!endpoint) return []
    const at = { path, target: target.key }
    const cure =
      'restore it, or make it readable for the model’s execution role, before the rollout: preparing the candidate starts stable anew'
    return [
      ...(config && isUnreadable(config)
        ? [
            error(
              'stable-unreadable',
              at,
              `config ${endpoint.configName} of ${target.key} cannot be read: ${config.unreadable}`,
              cure,
            ),
          ]
        : []),
      ...(stableModel?.problems ?? []).map((problem) =>
        error(
          'stable-unreadable',
          at,
          `stable’s model ${stableModel?.name ?? ''} of ${target.key} would not start again: ${problem}`,
          cure,
        ),
      ),
    ]
  })
}
