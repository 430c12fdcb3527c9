import { factsOf, stableOf } from '../context.ts'
import type { Find } from './finding.ts'
import { warning } from './finding.ts'

/**
 * The candidate scales out by copies of stable's target-tracking policies. A step policy acts only through alarms that
 * somebody made for it, and those look at stable.
 */
export const findScaling: Find = (context) =>
  context.production.flatMap(({ target, path }) => {
    const facts = factsOf(context, target.key)
    const stable = stableOf(facts)?.name
    const policies = facts.scaling.flatMap((one) => (one.variant === stable ? one.policies : []))
    const steps = policies.filter((policy) => policy['PolicyType'] === 'StepScaling')
    if (steps.length === 0) return []
    const names = steps.map((policy) => String(policy['PolicyName'])).join(', ')
    return [
      warning(
        'step-scaling-not-copied',
        { path, target: target.key },
        `step scaling ${names} of ${target.key} follows alarms on variant ${stable}: until the commit the candidate ` +
          `does not scale out by it, and has the share of stable’s instances that its traffic needs`,
        'use a target-tracking policy, which is copied, or set instanceCount to what all the traffic needs',
      ),
    ]
  })
