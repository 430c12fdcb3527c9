import type { Document } from '../document/types.ts'
import type { Plan } from '../plan/types.ts'
import {
  copyGrants,
  everyTarget,
  promoteGrants,
  recordGrants,
  registryGrants,
  stableGrants,
  targetGrants,
  workerGrants,
} from './grants.ts'
import { seldomUsed } from './seldom.ts'
import type { Grant, RolePolicy, Statement } from './types.ts'

/**
 * What each role needs for exactly the calls of one plan. Resources are as narrow as names in the plan allow; where AWS
 * knows no resource, or where it is only known at run time, the Region or a tag narrows it.
 */
export function writePolicies(document: Document, plan: Plan): readonly RolePolicy[] {
  const grants = [
    ...workerGrants(document),
    ...registryGrants(document, plan),
    ...everyTarget(plan).flatMap((target) => targetGrants(document, target)),
    ...stableGrants(plan),
    ...copyGrants(plan),
    ...promoteGrants(plan),
    ...recordGrants(document),
  ].filter(({ resources }) => resources.length > 0)
  const byRole = group(grants, ({ role }) => role)
  return [...byRole].map(([role, needs]) => {
    const Statement = merge(needs)
    const actions = [...new Set(Statement.flatMap(({ Action }) => Action))]
    return {
      accountId: needs.find(({ accountId }) => accountId !== '')?.accountId ?? '',
      role,
      policy: { Version: '2012-10-17', Statement },
      seldom: actions.flatMap((action) => {
        const when = seldomUsed[action]
        return when === undefined ? [] : [{ action, when }]
      }),
    }
  })
}

/** One statement for what has the same purpose and the same condition, apart from the Region. */
function merge(needs: readonly Grant[]): readonly Statement[] {
  const groups = group(needs, ({ sid, condition }) => JSON.stringify([sid, withoutRegion(condition)]))
  return [...groups.values()].map((same, index) => {
    const [{ sid, condition }] = same as [Grant]
    const regions = [...new Set(same.flatMap((need) => regionsOf(need)))].toSorted()
    const merged = condition && {
      ...condition,
      ...(regions.length > 0
        ? { StringEquals: { ...condition['StringEquals'], 'aws:RequestedRegion': regions } }
        : {}),
    }
    const twice = [...groups.keys()].filter((key) => key.startsWith(`["${sid}"`)).length > 1
    return {
      Sid: twice ? `${sid}${index}` : sid,
      Effect: 'Allow',
      Action: sorted(same.flatMap(({ actions }) => actions)),
      Resource: sorted(same.flatMap(({ resources }) => resources)),
      ...(merged ? { Condition: merged } : {}),
    }
  })
}

function regionsOf({ condition }: Grant): readonly string[] {
  const region = condition?.['StringEquals']?.['aws:RequestedRegion']
  return typeof region === 'string' ? [region] : (region ?? [])
}

function withoutRegion(condition: Grant['condition']): unknown {
  const { 'aws:RequestedRegion': _, ...rest } = condition?.['StringEquals'] ?? {}
  return { ...condition, StringEquals: rest }
}

function group<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

const sorted = (texts: readonly string[]): readonly string[] => [...new Set(texts)].toSorted()
