import { capacityFor } from '../deploy/capacity.ts'
import { formatDuration } from '../duration.ts'
import type { PlanContext } from './context.ts'
import { factsOf, stableOf } from './context.ts'
import { stableVariantRequest } from './candidate.ts'
import type { Plan, PlannedTarget } from './types.ts'

/** Instances of one type that an endpoint needs at its peak, and how many of them it has now. */
export interface Need {
  readonly instanceType: string
  readonly instances: number
  readonly now: number
}

/**
 * UpdateEndpoint starts the whole new fleet before it ends the old one: preparing needs 2 × stable + candidate, committing
 * stable + 2 × candidate.
 */
export function needsOf(context: PlanContext, target: PlannedTarget): readonly Need[] {
  const facts = factsOf(context, target.key)
  const stable = stableOf(facts)?.desiredCount ?? 0
  const oldType = String(stableVariantRequest(facts)?.InstanceType ?? '')
  if (target.restoreConfig) return [{ instanceType: oldType, instances: 2 * stable, now: stable }]
  const newType = String(target.candidate.variant['InstanceType'] ?? oldType)
  if (target.action === 'create')
    return [{ instanceType: newType, instances: target.candidate.instanceCount, now: 0 }]
  // Staging moves in one swap: its old fleet and the new one.
  if (target.stage === 'staging') {
    const count = target.candidate.instanceCount
    return newType === oldType
      ? [{ instanceType: newType, instances: stable + count, now: stable }]
      : [{ instanceType: newType, instances: count, now: 0 }]
  }
  const candidate = capacityFor(100, stable, target.candidate.instanceCount)
  const first = capacityFor(target.firstWeight ?? 100, stable, target.candidate.instanceCount)
  if (oldType === newType) {
    return [
      { instanceType: newType, instances: Math.max(2 * stable + first, stable + 2 * candidate), now: stable },
    ]
  }
  return [
    { instanceType: oldType, instances: 2 * stable, now: stable },
    { instanceType: newType, instances: 2 * candidate, now: 0 },
  ]
}

/** How long both fleets run at least: people and late evidence come on top. */
export function planPeaks(
  context: PlanContext,
  targets: readonly PlannedTarget[],
  steps: Plan['steps'],
): Plan['peaks'] {
  const waiting = steps
    .filter(({ kind }) => kind === 'bake' || kind === 'promoted')
    .reduce((sum, { duration }) => sum + (duration ?? 0), 0)
  const lasts = waiting === 0 ? 'while the endpoint changes' : `at least ${formatDuration(waiting)}`
  return targets.flatMap((target) =>
    needsOf(context, target).map(({ instances, instanceType }) => ({
      target: target.key,
      instances,
      instanceType,
      lasts,
    })),
  )
}
