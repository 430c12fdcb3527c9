import type { RunningVariant } from '../../activities/contract.ts'
import type { EndpointFacts } from '../../rollout/facts.ts'
import { call } from '../activities.ts'
import { raise } from '../problem.ts'
import type { EndpointContext } from './context.ts'

/** Refused when stable's fleet, which the next update starts anew, would come back with something else or not at all. */
export async function checkStable(ctx: EndpointContext): Promise<void> {
  const variants = stableVariants(ctx)
  if (variants.length === 0) return
  ctx.stableInDoubt = true
  await call(ctx.clock, `${ctx.label}: see that stable would start again`).checkRestart({
    ...ctx.on,
    variants,
  })
  ctx.stableInDoubt = false
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
  const moved = movedImage(ctx, now)
  if (moved !== undefined) raise('Unhealthy', moved)
}

/**
 * As `refuseMovedImage`, for what cannot be undone any more: a person must know, and whoever says `retry` after being told
 * has seen it. A `retry` from before was meant for something else.
 */
export function tellOfMovedImage(ctx: EndpointContext, now: EndpointFacts): void {
  const moved = movedImage(ctx, now)
  if (moved === undefined || (ctx.toldOfMovedImage && ctx.retryRequested)) return
  ctx.toldOfMovedImage = true
  raise('Unhealthy', moved)
}

function movedImage(ctx: EndpointContext, now: EndpointFacts): string | undefined {
  for (const before of ctx.snapshot?.endpoint?.variants ?? []) {
    const after = now.variants.find((variant) => variant.name === before.name)
    const moved = before.images.find((image, index) => after?.images[index] !== image)
    if (moved !== undefined) {
      return (
        `${ctx.label}: stable's image changed when its fleet was started anew (${moved} → ${after?.images.join(', ') || 'none'}); ` +
        `point the tag at it again and update the endpoint, and pin the image of ${before.name} by digest`
      )
    }
  }
  return undefined
}
