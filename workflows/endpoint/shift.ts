import { capacityFor } from '../../rollout/deploy/capacity.ts'
import { weightsFor } from '../../rollout/deploy/weights.ts'
import { call } from '../activities.ts'
import { raise } from '../problem.ts'
import type { EndpointContext } from './context.ts'
import { takeSnapshot } from './prepare.ts'
import { verify, acceptOurs, weightsTimeout } from './settle.ts'

/** Act two: capacity before traffic, and traffic verified. A new endpoint has all of it from the start. */
export async function shift(ctx: EndpointContext, percent: number): Promise<void> {
  const target = ctx.planned
  if (target.action === 'create') {
    ctx.asked = 100
    ctx.actual = 100
    return ctx.enter('Watched', 'new endpoint: all traffic is on the candidate')
  }
  ctx.asked = percent
  ctx.enter('Shifting', `to ${percent} %`)
  await provideCapacity(ctx, percent)
  const expected = ctx.expected()
  const weights = weightsFor(percent, ctx.snapshot?.endpoint?.variants ?? [], target.names.candidateVariant)
  ctx.asking(weights)
  await call(ctx.clock, `${ctx.label}: ask for ${percent} %`).setWeights({ ...ctx.on, weights, expected })
  await verify(
    ctx,
    `verify ${percent} %`,
    { config: expected.config, createdAt: expected.createdAt, weights },
    { timeout: weightsTimeout },
  )
  ctx.enter('Watched', `${ctx.actual} % of traffic is on the candidate`)
}

/** Candidate instances ≥ ⌈weight × stable's count⌉ before it gets that weight, and scaling of its own from then on. */
async function provideCapacity(ctx: EndpointContext, percent: number): Promise<void> {
  const target = ctx.planned
  const expected = ctx.expected()
  const { endpoint } = await takeSnapshot(ctx, target)
  if (!endpoint) return
  if (endpoint.configName !== expected.config || endpoint.createdAt !== expected.createdAt) {
    raise('Conflict', `${ctx.label}: somebody else moved the endpoint to config ${endpoint.configName}`)
  }
  acceptOurs(ctx, endpoint)
  const stable = endpoint.variants.find((variant) => variant.name === target.stableVariant)
  const candidate = endpoint.variants.find((variant) => variant.name === target.names.candidateVariant)
  if (!stable || !candidate)
    return raise('Conflict', `${ctx.label}: the variants are no longer those that we made`)
  const needed = capacityFor(
    percent,
    Math.max(stable.desiredCount, stable.currentCount),
    target.candidate.instanceCount,
  )
  if (candidate.currentCount < needed) {
    const { count } = await call(ctx.clock, `${ctx.label}: ${needed} candidate instances`).ensureCapacity({
      ...ctx.on,
      variant: candidate.name,
      count: needed,
      expected: ctx.expected(),
    })
    await verify(
      ctx,
      `wait for ${count} candidate instances`,
      {
        config: expected.config,
        createdAt: expected.createdAt,
        counts: { [candidate.name]: count },
        // What others set meanwhile must not pass for ours.
        weights: ctx.expected().weights,
      },
      { timeout: weightsTimeout },
    )
  }
  const from = (ctx.snapshot?.scaling ?? []).filter((scaling) => scaling.variant === target.stableVariant)
  if (from.length > 0) {
    await call(ctx.clock, `${ctx.label}: let the candidate scale like stable`).cloneScaling({
      ...ctx.on,
      from,
      variant: candidate.name,
      min: needed,
    })
  }
}
