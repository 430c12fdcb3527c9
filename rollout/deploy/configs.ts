import type { ConfigRequest, EndpointFacts, VariantRequest } from '../facts.ts'
import type { PlannedTarget } from '../plan/types.ts'
import { capacityFor } from './capacity.ts'
import type { Live } from './live.ts'
import { stableCount, variantsByName } from './live.ts'

/** Variants as they are now, with live counts and weights written as initial values. */
function carryLive(config: ConfigRequest, endpoint: EndpointFacts | null): VariantRequest[] {
  const live = variantsByName(endpoint)
  return config.ProductionVariants.map((variant) => {
    const now = live.get(variant.VariantName)
    if (!now) return variant
    return {
      ...variant,
      InitialInstanceCount: Math.max(1, now.desiredCount),
      InitialVariantWeight: now.desiredWeight,
    }
  })
}

/**
 * Stable's variant exactly as it is live, plus the candidate at weight 0 with the instances that the first step needs. What a
 * document changes beside the variants (data capture, volume key) holds from here on, so that it is proven before commit.
 */
export function bakeConfig(snapshot: Live, target: PlannedTarget): ConfigRequest {
  const config = snapshot.config ?? { ProductionVariants: [] }
  const count = capacityFor(
    target.firstWeight ?? 100,
    stableCount(snapshot, target.stableVariant),
    target.candidate.instanceCount,
  )
  return {
    ...config,
    ...target.candidate.config,
    ProductionVariants: [
      ...carryLive(config, snapshot.endpoint),
      {
        ...target.candidate.variant,
        VariantName: target.names.candidateVariant,
        ModelName: target.names.model,
        InitialInstanceCount: count,
        InitialVariantWeight: 0,
      },
    ],
  }
}

/**
 * Stable's own VariantName serves the new model, with as many instances as the candidate has now. Variants that stood idle
 * at weight 0 before the rollout are nobody's business here and stay as they are.
 */
export function finalConfig(snapshot: Live, target: PlannedTarget, liveCount: number): ConfigRequest {
  const config = snapshot.config ?? { ProductionVariants: [] }
  const before = variantsByName(snapshot.endpoint).get(target.stableVariant)
  const idle = carryLive(config, snapshot.endpoint).filter(
    (variant) => variant.VariantName !== target.stableVariant && variant.InitialVariantWeight === 0,
  )
  return {
    ...target.candidate.config,
    ProductionVariants: [
      {
        ...target.candidate.variant,
        VariantName: target.stableVariant,
        ModelName: target.names.model,
        InitialInstanceCount: Math.max(1, liveCount),
        InitialVariantWeight: before && before.desiredWeight > 0 ? before.desiredWeight : 1,
      },
      ...idle,
    ],
  }
}

/** The config of a first deployment. */
export function createConfig(target: PlannedTarget): ConfigRequest {
  return {
    ...target.candidate.config,
    ProductionVariants: [
      {
        ...target.candidate.variant,
        VariantName: target.stableVariant,
        ModelName: target.names.model,
        InitialInstanceCount: Math.max(1, target.candidate.instanceCount),
        InitialVariantWeight: 1,
      },
    ],
  }
}

/**
 * How to leave the bake config again. The original config itself when going back to it resets nothing; else a copy of it
 * with today's instance counts, so that what autoscaling did is kept. Weights are always those from before the rollout.
 */
export function revertChoice(
  snapshot: { readonly endpoint: EndpointFacts; readonly config: ConfigRequest },
  live: EndpointFacts,
): { readonly config: string } | { readonly copy: ConfigRequest } {
  const before = variantsByName(snapshot.endpoint)
  const now = variantsByName(live)
  const wanted = snapshot.config.ProductionVariants.map((variant) => {
    const { VariantName: name } = variant
    const weight = before.get(name)?.desiredWeight ?? variant.InitialVariantWeight ?? 1
    const count = now.get(name)?.desiredCount ?? before.get(name)?.desiredCount
    return {
      ...variant,
      InitialInstanceCount: Math.max(1, count ?? variant.InitialInstanceCount ?? 1),
      InitialVariantWeight: weight,
    }
  })
  const same = snapshot.config.ProductionVariants.every(
    (variant, index) =>
      variant.InitialInstanceCount === wanted[index]?.InitialInstanceCount &&
      (variant.InitialVariantWeight ?? 1) === wanted[index]?.InitialVariantWeight,
  )
  if (same) return { config: snapshot.endpoint.configName }
  return { copy: { ...snapshot.config, ProductionVariants: wanted } }
}
