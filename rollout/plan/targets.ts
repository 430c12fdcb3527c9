import type { DocumentTarget } from '../document/targets.ts'
import { planAlarms } from './alarms.ts'
import { planCandidate } from './candidate.ts'
import type { PlanContext } from './context.ts'
import { factsOf, stableOf } from './context.ts'
import { differencesOf } from './differences.ts'
import { targetNames } from './names.ts'
import type { Replication } from './replication.ts'
import { rewritesFor } from './replication.ts'
import type { PlannedTarget } from './types.ts'

/** What a first deployment calls its variant. */
export const firstVariant = 'AllTraffic'

export function planTarget(
  context: PlanContext,
  own: DocumentTarget,
  replication: Replication,
): PlannedTarget {
  const { document, rolloutId, version, restore } = context
  const { target, settings, stage, wave } = own
  const facts = factsOf(context, target.key)
  const candidate = planCandidate(context, own)
  const rewrites = rewritesFor(replication, target)
  const firstWeight = document.production.steps.find((step) => step.kind === 'weight')
  const restoreConfig = restore?.[target.key]
  // A count that comes from stable moves with autoscaling; it is no part of what a name stands for.
  const { instanceCount: _, ...made } = candidate
  const content = [
    target.key,
    document.model.package,
    made,
    settings.instanceCount ?? null,
    rewrites,
    facts.endpoint?.configName ?? null,
    restoreConfig ?? null,
  ]
  return {
    ...target,
    stage,
    ...(wave === undefined ? {} : { wave }),
    action: facts.endpoint ? 'update' : 'create',
    stableVariant: stableOf(facts)?.name ?? facts.endpoint?.variants[0]?.name ?? firstVariant,
    names: targetNames(rolloutId, document.name, version, content),
    candidate,
    rewrites,
    alarms: stage === 'production' ? planAlarms(context, own) : [],
    ...(firstWeight?.kind === 'weight' ? { firstWeight: firstWeight.weight } : {}),
    differences: restoreConfig
      ? [`config ${facts.endpoint?.configName ?? 'none'} → ${restoreConfig}`]
      : differencesOf(facts, candidate, version, settings.instanceCount),
    ...(restoreConfig ? { restoreConfig } : {}),
  }
}

/** Production's targets sorted by key, the order in which locks are taken. */
export function planTargets(context: PlanContext, replication: Replication): readonly PlannedTarget[] {
  return context.production
    .map((own) => planTarget(context, own, replication))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}
