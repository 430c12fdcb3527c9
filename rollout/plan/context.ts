import type { DocumentTarget } from '../document/targets.ts'
import { parsePackageArn, productionTargets, stagingTarget } from '../document/targets.ts'
import type { Document } from '../document/types.ts'
import type { Facts, TargetFacts, Unreadable, VariantFacts } from '../facts.ts'

export interface PlanOptions {
  /** Null for a preview. */
  readonly rolloutId: string | null
  /** For a rollout that undoes a committed one: by target key the config to go back to. */
  readonly restore?: Readonly<Record<string, string>>
  /** With `restore`: by target key the model that is to be taken off. */
  readonly committed?: Readonly<Record<string, string>>
}

/** What every part of the planner works from. */
export interface PlanContext {
  readonly document: Document
  readonly facts: Facts
  readonly rolloutId: string | null
  readonly group: string
  readonly version: number
  readonly partition: string
  readonly production: readonly DocumentTarget[]
  readonly staging: DocumentTarget | null
  readonly restore?: Readonly<Record<string, string>>
  readonly committed: Readonly<Record<string, string>>
}

export function createContext(document: Document, facts: Facts, options: PlanOptions): PlanContext {
  const arn = parsePackageArn(document.model.package)
  const { restore, committed = {} } = options
  const production = productionTargets(document)
  const skipStaging = restore !== undefined || (document.emergency?.skip.includes('staging') ?? false)
  return {
    document,
    facts,
    rolloutId: options.rolloutId,
    group: arn?.group ?? '',
    version: arn?.version ?? 0,
    partition: arn?.partition ?? 'aws',
    production: restore ? production.filter(({ target }) => Object.hasOwn(restore, target.key)) : production,
    staging: skipStaging ? null : stagingTarget(document),
    ...(restore ? { restore } : {}),
    committed,
  }
}

export function isUnreadable<T extends object>(value: T | Unreadable): value is Unreadable {
  return Object.hasOwn(value, 'unreadable')
}

/** What was read about a target; nothing was, when the reader knew of no such target. */
export function factsOf(context: PlanContext, key: string): TargetFacts {
  return (
    context.facts.targets[key] ?? {
      key,
      denied: 'nothing was read about this target',
      scaling: [],
      alarms: {},
      quotas: {},
      repositories: {},
      remapped: {},
    }
  )
}

/** The variant that takes the traffic, where exactly one does. */
export function stableOf(facts: TargetFacts): VariantFacts | null {
  const live = facts.endpoint?.variants.filter((variant) => variant.desiredWeight > 0) ?? []
  return live.length === 1 ? (live[0] ?? null) : null
}

/** Every target that the rollout touches, staging's first. */
export function allTargets(context: PlanContext): readonly DocumentTarget[] {
  return context.staging ? [context.staging, ...context.production] : context.production
}
