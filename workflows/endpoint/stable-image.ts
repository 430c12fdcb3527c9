import type { RunningVariant } from '../../activities/contract.ts'
import type { EndpointFacts } from '../../rollout/facts.ts'
import { call } from '../activities.ts'
import { raise } from '../problem.ts'
import type { EndpointContext } from './context.ts'

/** Refused when stable's fleet, which the next update starts anew, would come back with something else or not at all. */
export async function checkStable(ctx: EndpointContext): Promise<void> {
  const variants = stableVariants(ctx)
  if (variants.length === 0) return
  await call(ctx.clock, `${ctx.label}: see that stable would start again`).checkRestart({
    ...ctx.on,
    variants,
  })
}

function stableVariants({ snapshot }: EndpointContext): readonly RunningVariant[] {
  const { endpoint, config } = snapshot ?? {}
  return (endpoint?.variants ?? []).flatMap(({ name, desiredWeight, images }) => {
    const model = config?.ProductionVariants.find(({ VariantName }) => VariantName === name)?.ModelName
    return desiredWeight > 0 && model !== undefined ? [{ name, model, images }] : []
  })
}

/** A tag that moved between the look and the update silently changed what stable serves with. */
export function refuseMovedImage(ctx: EndpointContext, now: EndpointFacts): void {
  for (const before of ctx.snapshot?.endpoint?.variants ?? []) {
    const after = now.variants.find((variant) => variant.name === before.name)
    const moved = before.images.find((image, index) => after?.images[index] !== image)
    if (moved !== undefined) {
      raise(
        'Unhealthy',
        `${ctx.label}: stable's image changed when its fleet was started anew (${moved} → ${after?.images.join(', ') || 'none'}); ` +
          `point the tag at it again and update the endpoint, and pin the image of ${before.name} by digest`,
      )
    }
  }
}
