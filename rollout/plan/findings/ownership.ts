import { allTargets, factsOf } from '../context.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

/** CloudFormation would undo what somebody else changes; its owner must say that this is known. */
export const findOwnership: Find = (context) =>
  allTargets(context).flatMap(({ target, settings, path }) => {
    const stack = factsOf(context, target.key).endpoint?.tags['aws:cloudformation:stack-name']
    if (stack === undefined || settings.managedBy === 'cloudformation') return []
    return [
      error(
        'cloudformation-owned',
        { path, target: target.key },
        `endpoint ${target.key} belongs to CloudFormation stack ${stack}, whose next update would undo this rollout`,
        'write `managedBy: cloudformation` in its `endpoint` if you know that, or roll out through the stack',
      ),
    ]
  })
