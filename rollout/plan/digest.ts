import type { PlanContext } from './context.ts'
import { factsOf } from './context.ts'
import { contentHash } from '../document/hash.ts'
import type { Plan } from './types.ts'

type Substance = Pick<Plan, 'steps' | 'promote' | 'artifacts' | 'images' | 'targets'>

/**
 * Hash over what a person approves: what production gets and what it replaces. Numbers that move by themselves (instance
 * counts, traffic) are no part of it, nor is staging, which is over when the plan is made again under the locks.
 */
export function digestOf(context: PlanContext, plan: Substance): string {
  const explicitCounts = new Map(
    context.production.map(({ target, settings }) => [target.key, settings.instanceCount ?? null]),
  )
  return contentHash({
    package: context.document.model.package,
    steps: plan.steps
      .filter(({ kind }) => !kind.startsWith('staging'))
      .map(({ id, targets, weight, duration }) => ({ id, targets, weight, duration })),
    promote: plan.promote,
    artifacts: plan.artifacts.map(({ source, pin, destination, kmsKey }) => ({
      source,
      pin,
      destination,
      kmsKey,
    })),
    images: plan.images.map(({ source, digest, destination, mode }) => ({
      source,
      digest,
      destination,
      mode,
    })),
    targets: plan.targets.map((target) => {
      const { instanceCount: _, ...candidate } = target.candidate
      const { endpoint, stableModel } = factsOf(context, target.key)
      return {
        key: target.key,
        action: target.action,
        stableVariant: target.stableVariant,
        instanceCount: explicitCounts.get(target.key),
        candidate,
        rewrites: target.rewrites,
        alarms: target.alarms,
        restoreConfig: target.restoreConfig,
        replaces: { config: endpoint?.configName, model: stableModel?.name, createdAt: endpoint?.createdAt },
      }
    }),
  })
}
