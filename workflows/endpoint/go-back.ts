import { revertChoice } from '../../rollout/deploy/configs.ts'
import type { EndpointFacts } from '../../rollout/facts.ts'
import { fingerprintOf, sameWeights } from '../../rollout/deploy/fingerprint.ts'
import { call, poll } from '../activities.ts'
import type { EndpointContext } from './context.ts'
import { raiseSettled, settled, swapTimeout, verify, acceptKnown, weightsTimeout } from './settle.ts'
import { checkStable, tellOfMovedImage } from './stable-image.ts'

/**
 * Act three, backwards: traffic first, then the config. Idempotent from whatever point an earlier attempt or a killed
 * worker left; each attempt looks before it changes anything.
 */
export async function goBack(ctx: EndpointContext): Promise<void> {
  const place = await whereItIs(ctx)
  if (place === 'back') return finishGoingBack(ctx)
  const endpoint = await takeTrafficAway(ctx, place)
  await leaveBakeConfig(ctx, endpoint)
  await finishGoingBack(ctx)
}

/** Weights back to what they were, with stable's capacity checked first; the candidate stays prepared. */
export async function withdraw(ctx: EndpointContext, why: string): Promise<void> {
  if (!ctx.target) return
  if (!ctx.snapshot?.endpoint)
    return ctx.enter('Watched', 'a first deployment has no stable to give the traffic to')
  const place = await whereItIs(ctx)
  if (place !== 'back') await takeTrafficAway(ctx, place)
  ctx.enter('Prepared', `no traffic: ${why}`)
}

async function whereItIs(ctx: EndpointContext): Promise<'back' | EndpointFacts> {
  const original = ctx.snapshot?.endpoint?.configName ?? ''
  const bake = ctx.planned.names.bakeConfig
  const created = ctx.snapshot?.endpoint?.createdAt
  const createdAt = created === undefined ? {} : { createdAt: created }
  ctx.enter('Reverting', 'waiting until the endpoint can be changed')
  if (ctx.goingBackTo !== undefined) {
    const found = await settled(
      ctx,
      'see where it is',
      { config: ctx.goingBackTo, ...createdAt },
      { previous: bake, timeout: swapTimeout },
    )
    if (found.state === 'as-expected') {
      if (found.endpoint) tellOfMovedImage(ctx, found.endpoint)
      return 'back'
    }
    if (found.state === 'rolled-back' && found.endpoint) return acceptKnown(ctx, found.endpoint)
    return raiseSettled(found)
  }
  const found = await settled(
    ctx,
    'see where it is',
    { config: bake, ...createdAt },
    { previous: original, timeout: swapTimeout },
  )
  if (found.state === 'as-expected' && found.endpoint) return acceptKnown(ctx, found.endpoint)
  // An earlier attempt of a child that is gone had come this far.
  const reverted = found.endpoint?.configName === ctx.planned.names.revertConfig
  if (found.state !== 'rolled-back' && !reverted) return raiseSettled(found)
  if (found.endpoint) tellOfMovedImage(ctx, found.endpoint)
  return 'back'
}

async function takeTrafficAway(ctx: EndpointContext, endpoint: EndpointFacts): Promise<EndpointFacts> {
  const { names, stableVariant } = ctx.planned
  const before = ctx.snapshot?.endpoint?.variants ?? []
  const weights: Record<string, number> = { [names.candidateVariant]: 0 }
  for (const variant of before) weights[variant.name] = variant.desiredWeight
  const candidate = endpoint.variants.find((variant) => variant.name === names.candidateVariant)
  const changed = !sameWeights(fingerprintOf(endpoint).weights, weights)
  if (!candidate || !changed) {
    ctx.asked = 0
    return endpoint
  }
  const stableBefore = before.find((variant) => variant.name === stableVariant)
  const stableNow = endpoint.variants.find((variant) => variant.name === stableVariant)
  if (stableBefore && stableNow && stableNow.currentCount < stableBefore.desiredCount) {
    await call(ctx.clock, `${ctx.label}: stable's capacity first`).ensureCapacity({
      ...ctx.on,
      variant: stableVariant,
      count: stableBefore.desiredCount,
      expected: ctx.expected(),
    })
    const { config, createdAt } = ctx.expected()
    const found = await settled(
      ctx,
      "wait for stable's capacity",
      { config, createdAt, counts: { [stableVariant]: stableBefore.desiredCount } },
      { timeout: weightsTimeout },
    )
    // Fewer than asked for, when autoscaling thinks so, hold back no traffic that must go.
    const there = found.state === 'as-expected' || found.state === 'conflict'
    if (!there || found.endpoint?.configName !== config) return raiseSettled(found)
    if (found.endpoint.createdAt !== createdAt) return raiseSettled(found)
    acceptKnown(ctx, found.endpoint)
  }
  const expected = ctx.expected()
  ctx.asking(weights)
  ctx.asked = 0
  await call(ctx.clock, `${ctx.label}: all traffic back to stable`).setWeights({
    ...ctx.on,
    weights,
    expected,
  })
  const back = await verify(
    ctx,
    'verify that stable has all traffic',
    { config: endpoint.configName, weights },
    { timeout: weightsTimeout },
  )
  ctx.enter('Reverting', 'all traffic is back on stable')
  return back
}

async function leaveBakeConfig(ctx: EndpointContext, endpoint: EndpointFacts): Promise<void> {
  const { endpoint: before, config: request } = ctx.snapshot ?? {}
  if (!before || !request) return
  const { names } = ctx.planned
  const choice = revertChoice({ endpoint: before, config: request }, endpoint)
  await removeCandidateScaling(ctx)
  let config: string
  if ('config' in choice) config = choice.config
  else {
    config = names.revertConfig
    await call(ctx.clock, `${ctx.label}: create config ${config}`).ensureConfig({
      ...ctx.on,
      name: config,
      request: choice.copy,
      tags: ctx.planned.candidate.tags,
    })
  }
  await checkStable(ctx)
  ctx.goingBackTo = config
  await call(ctx.clock, `${ctx.label}: go back to ${config}`).updateEndpoint({
    ...ctx.on,
    config,
    expected: ctx.expected(),
  })
  const back = await verify(
    ctx,
    `verify ${config}`,
    { config },
    { previous: names.bakeConfig, timeout: swapTimeout },
  )
  tellOfMovedImage(ctx, back)
}

async function finishGoingBack(ctx: EndpointContext): Promise<void> {
  ctx.asked = 0
  ctx.actual = 0
  await removeCandidateScaling(ctx)
}

/** A scalable target on a variant that goes away makes UpdateEndpoint fail. */
export async function removeCandidateScaling(ctx: EndpointContext): Promise<void> {
  if (!ctx.snapshot || ctx.snapshot.scaling.length === 0) return
  await call(ctx.clock, `${ctx.label}: remove the candidate's scaling`).removeScaling({
    ...ctx.on,
    variants: [ctx.planned.names.candidateVariant],
  })
}

/** Undoes a first deployment. */
export async function deleteCreated(ctx: EndpointContext): Promise<void> {
  ctx.enter('Reverting', 'deleting the new endpoint')
  await poll(ctx.clock, `${ctx.label}: delete the endpoint that this rollout created`).deleteEndpoint(ctx.on)
  ctx.asked = 0
  ctx.actual = 0
}
