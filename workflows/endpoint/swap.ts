import { finalConfig, revertChoice } from '../../rollout/deploy/configs.ts'
import type { Snapshot } from '../../activities/contract.ts'
import { variantsByName } from '../../rollout/deploy/live.ts'
import type { ConfigRequest } from '../../rollout/facts.ts'
import type { PlannedTarget } from '../../rollout/plan/types.ts'
import { call } from '../activities.ts'
import { raise } from '../problem.ts'
import type { EndpointContext } from './context.ts'
import { createEndpoint, makeConfig, makeModel, takeSnapshot } from './prepare.ts'
import type { OrderResult } from './protocol.ts'
import { raiseSettled, settled, swapTimeout, verify } from './settle.ts'

/**
 * One move to another config, without weights: for staging, where nobody's traffic is at stake, and for going back to
 * the previous config after a commit. Undone like everything else until `keep`.
 */
export async function swap(ctx: EndpointContext, target: PlannedTarget): Promise<OrderResult> {
  ctx.enter('Preparing', 'reading the endpoint')
  const snapshot = await takeSnapshot(ctx, target)
  await ctx.begin(target, snapshot, 'swap')
  const { name: config, copy } = swapGoal(target, snapshot)
  if (copy) await makeConfig(ctx, config, copy)
  if (target.restoreConfig === undefined) await makeModel(ctx, target)
  if (!snapshot.endpoint) {
    await createEndpoint(ctx, target)
  } else {
    if (target.restoreConfig === undefined) {
      const count = target.candidate.instanceCount
      await makeConfig(ctx, config, finalConfig(snapshot, target, count))
    }
    await changeConfig(ctx, config)
  }
  ctx.asked = 100
  ctx.actual = 100
  ctx.enter('Prepared', `${config} serves`)
  return {}
}

/**
 * The config to move to. Going back to an earlier one must not undo what autoscaling did since: then it is a copy with
 * today's counts, which is made first.
 */
export function swapGoal(
  { restoreConfig: name, names }: PlannedTarget,
  { endpoint, restore }: Snapshot,
): { readonly name: string; readonly copy?: ConfigRequest } {
  if (name === undefined) return { name: names.finalConfig }
  if (!restore || !endpoint) return { name }
  const live = variantsByName(endpoint)
  const counts = restore.ProductionVariants.map((variant) => {
    const count = live.get(variant.VariantName)?.desiredCount ?? 0
    return count > 0 ? count : variant.InitialInstanceCount
  })
  const variants = restore.ProductionVariants
  if (variants.every((variant, index) => variant.InitialInstanceCount === counts[index])) return { name }
  const ProductionVariants = variants.map((variant, index) => ({
    ...variant,
    InitialInstanceCount: counts[index],
  }))
  return { name: names.finalConfig, copy: { ...restore, ProductionVariants } }
}

async function changeConfig(ctx: EndpointContext, config: string): Promise<void> {
  const previous = ctx.snapshot?.endpoint?.configName
  if (previous === config) return
  const { scaling = [] } = ctx.snapshot ?? {}
  if (scaling.length > 0) {
    ctx.saga.add(`${ctx.label}: give scaling back`, () =>
      call(ctx.clock, `${ctx.label}: give scaling back as it was`).restoreScaling({ ...ctx.on, scaling }),
    )
  }
  ctx.saga.add(`${ctx.label}: go back to ${previous}`, () => swapBack(ctx, config))
  if (scaling.length > 0) {
    const variants = scaling.map((one) => one.variant)
    await call(ctx.clock, `${ctx.label}: take scaling off for the swap`).removeScaling({
      ...ctx.on,
      variants,
    })
  }
  ctx.touched = true
  ctx.enter('Preparing', `moving to ${config}`)
  await call(ctx.clock, `${ctx.label}: move to ${config}`).updateEndpoint({
    ...ctx.on,
    config,
    expected: ctx.expected(),
  })
  await verify(ctx, `verify ${config}`, { config }, { previous, timeout: swapTimeout })
  if (scaling.length > 0) {
    await call(ctx.clock, `${ctx.label}: give scaling back as it was`).restoreScaling({ ...ctx.on, scaling })
  }
}

export async function swapBack(ctx: EndpointContext, swapped: string): Promise<void> {
  const original = ctx.snapshot?.endpoint?.configName ?? ''
  ctx.enter('Reverting', `going back to ${original}`)
  const goal = ctx.goingBackTo ?? original
  const found = await settled(
    ctx,
    'see where it is',
    { config: goal },
    { previous: swapped, timeout: swapTimeout },
  )
  if (found.state === 'as-expected') return
  const { endpoint: before, config: request, scaling = [] } = ctx.snapshot ?? {}
  if (found.state !== 'rolled-back' || !found.endpoint || !before || !request) return raiseSettled(found)
  ctx.verified(found.endpoint)
  const choice = revertChoice({ endpoint: before, config: request }, found.endpoint)
  const config = 'config' in choice ? choice.config : ctx.planned.names.revertConfig
  if ('copy' in choice) {
    await call(ctx.clock, `${ctx.label}: create config ${config}`).ensureConfig({
      ...ctx.on,
      name: config,
      request: choice.copy,
      tags: ctx.planned.candidate.tags,
    })
  }
  const variants = scaling.map((one) => one.variant)
  if (variants.length > 0) {
    await call(ctx.clock, `${ctx.label}: take scaling off for the swap`).removeScaling({
      ...ctx.on,
      variants,
    })
  }
  ctx.goingBackTo = config
  await call(ctx.clock, `${ctx.label}: go back to ${config}`).updateEndpoint({
    ...ctx.on,
    config,
    expected: ctx.expected(),
  })
  const after = await settled(
    ctx,
    `verify ${config}`,
    { config },
    { previous: swapped, timeout: swapTimeout },
  )
  if (after.state !== 'as-expected' || !after.endpoint) raise('RolledBackBySageMaker', after.reason)
  ctx.verified(after.endpoint)
}
