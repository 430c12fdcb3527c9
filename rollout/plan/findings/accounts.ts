import { allTargets, factsOf } from '../context.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

/** Every account can be entered. */
export const findDenied: Find = (context) =>
  allTargets(context).flatMap(({ target, path }) => {
    const { denied } = factsOf(context, target.key)
    if (denied === undefined) return []
    return [
      error(
        'account-denied',
        { path, target: target.key },
        `account ${target.account} (${target.accountId}) cannot be entered${target.role ? ` as ${target.role}` : ''}: ${denied}`,
        'check the role’s trust policy, its external id, and that the worker may assume it',
      ),
    ]
  })
