import { factsOf, isUnreadable } from '../context.ts'
import { labelPlace } from '../labels.ts'
import { placeId } from '../places.ts'
import { needsOf } from '../peaks.ts'
import type { Finding, PlannedTarget } from '../types.ts'
import type { Find } from './finding.ts'
import { error, warning } from './finding.ts'

interface Demand {
  readonly targets: PlannedTarget[]
  more: number
}

/** The account may have as many instances as the peak needs; targets of one account and Region peak together. */
export const findQuotas: Find = (context, planned) => {
  const demands = new Map<string, Demand & { instanceType: string }>()
  for (const target of planned.targets) {
    for (const { instanceType, instances, now } of needsOf(context, target)) {
      const id = `${placeId(target)}/${instanceType}`
      const demand = demands.get(id) ?? { targets: [], more: 0, instanceType }
      demands.set(id, {
        ...demand,
        targets: [...demand.targets, target],
        more: demand.more + instances - now,
      })
    }
  }
  return [...demands.values()].flatMap(({ targets, more, instanceType }): readonly Finding[] => {
    const [first] = targets
    if (!first || instanceType === '') return []
    const quota = targets
      .map(({ key }) => factsOf(context, key).quotas[instanceType])
      .find((one) => one !== undefined)
    if (quota === undefined) return []
    const place = labelPlace(context, first)
    const at = { path: 'endpoint.instanceType', target: first.key }
    if (isUnreadable(quota))
      return [
        warning(
          'quota-unreadable',
          at,
          `the quota of ${instanceType} for endpoints in ${place} cannot be read: ${quota.unreadable}`,
          `make sure that ${more} more instances are allowed while both fleets run, or let the role call servicequotas:ListServiceQuotas`,
        ),
      ]
    const { limit, used } = quota
    if (used + more <= limit) return []
    return [
      error(
        'quota-too-low',
        at,
        `${place} may have ${limit} ${instanceType} for endpoints and uses ${used}; this rollout needs ${more} more at its peak (prepare: 2 × stable + candidate; commit: stable + 2 × candidate)`,
        `ask for a quota of at least ${used + more} in Service Quotas, or use fewer or other instances`,
      ),
    ]
  })
}
