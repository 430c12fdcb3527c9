import { finalConfig } from '../../rollout/deploy/configs.ts'
import { call, cleanUp } from '../activities.ts'
import type { EndpointContext } from './context.ts'
import { removeCandidateScaling } from './go-back.ts'
import { cleanUpPatience, persist } from './persist.ts'
import { acceptOurs, raiseSettled, settled, swapTimeout } from './settle.ts'

/**
 * Act three, forwards: stable's own VariantName serves the new model. Recorded before anything is asked, and from then
 * on only forward: what fails leaves the candidate at 100 % and is tried again.
 */
export async function commit(ctx: EndpointContext): Promise<{ readonly previousConfig?: string }> {
  const target = ctx.planned
  const previousConfig = ctx.snapshot?.endpoint?.configName
  if (target.action === 'update') await persist(ctx, `${ctx.label}: commit`, () => moveToFinalConfig(ctx))
  await persist(
    ctx,
    `${ctx.label}: clean up after the commit`,
    () => giveBackAndCleanUp(ctx, previousConfig),
    cleanUpPatience,
  )
  ctx.saga.clear()
  ctx.enter('Committed', `${target.names.finalConfig} serves`)
  return previousConfig === undefined ? {} : { previousConfig }
}

async function moveToFinalConfig(ctx: EndpointContext): Promise<void> {
  const { names } = ctx.planned
  ctx.enter('Committing', `moving to ${names.finalConfig}`)
  const found = await settled(
    ctx,
    'see where it is',
    { config: names.finalConfig },
    { previous: names.bakeConfig, timeout: swapTimeout },
  )
  if (found.state === 'as-expected' && found.endpoint) return ctx.verified(found.endpoint)
  if (found.state !== 'rolled-back' || !found.endpoint || !ctx.snapshot) return raiseSettled(found)
  acceptOurs(ctx, found.endpoint)
  const candidate = found.endpoint.variants.find((variant) => variant.name === names.candidateVariant)
  const count = Math.max(candidate?.desiredCount ?? 1, candidate?.currentCount ?? 1)
  await removeCandidateScaling(ctx)
  await removeScalingOfOtherType(ctx)
  await call(ctx.clock, `${ctx.label}: create config ${names.finalConfig}`).ensureConfig({
    ...ctx.on,
    name: names.finalConfig,
    request: finalConfig(ctx.snapshot, ctx.planned, count),
    tags: ctx.planned.candidate.tags,
  })
  await call(ctx.clock, `${ctx.label}: move to ${names.finalConfig}`).updateEndpoint({
    ...ctx.on,
    config: names.finalConfig,
    expected: ctx.expected(),
  })
  const after = await settled(
    ctx,
    `verify ${names.finalConfig}`,
    { config: names.finalConfig },
    { previous: names.bakeConfig, timeout: swapTimeout },
  )
  if (after.state !== 'as-expected' || !after.endpoint) return raiseSettled(after)
  ctx.verified(after.endpoint)
  ctx.actual = 100
}

/** An instance type cannot change under a scalable target; the target comes back with the rest of the scaling. */
async function removeScalingOfOtherType(ctx: EndpointContext): Promise<void> {
  const stable = ctx.snapshot?.config?.ProductionVariants.find(
    (variant) => variant.VariantName === ctx.planned.stableVariant,
  )
  const scaled = ctx.snapshot?.scaling.some((scaling) => scaling.variant === ctx.planned.stableVariant)
  if (!scaled || stable?.InstanceType === ctx.planned.candidate.variant['InstanceType']) return
  await call(ctx.clock, `${ctx.label}: take scaling off for the new instance type`).removeScaling({
    ...ctx.on,
    variants: [ctx.planned.stableVariant],
  })
}

async function giveBackAndCleanUp(ctx: EndpointContext, previous: string | undefined): Promise<void> {
  const { names, alarms } = ctx.planned
  const scaling = ctx.snapshot?.scaling ?? []
  if (scaling.length > 0) {
    await call(ctx.clock, `${ctx.label}: give scaling back as it was`).restoreScaling({ ...ctx.on, scaling })
  }
  const own = alarms.filter((alarm) => alarm.kind !== 'existing').map((alarm) => alarm.name)
  if (own.length > 0) {
    await call(ctx.clock, `${ctx.label}: delete the alarms of this rollout`).deleteAlarms({
      ...ctx.on,
      names: own,
    })
  }
  if (previous === undefined) return
  await cleanUp(ctx.clock, `${ctx.label}: delete config ${names.bakeConfig}`).deleteConfig({
    ...ctx.on,
    name: names.bakeConfig,
  })
  await cleanUp(ctx.clock, `${ctx.label}: delete what nothing uses any more`).prune({
    ...ctx.on,
    live: names.finalConfig,
    previous,
  })
}

/** Somebody else moved the endpoint away during the commit: what we suspended and made beside it is given back all the same. */
export async function giveBackAfterConflict(ctx: EndpointContext): Promise<void> {
  const scaling = ctx.snapshot?.scaling ?? []
  const names = ctx.planned.alarms.filter((alarm) => alarm.kind !== 'existing').map((alarm) => alarm.name)
  await persist(ctx, `${ctx.label}: give back what is ours`, async () => {
    await removeCandidateScaling(ctx)
    if (scaling.length > 0) {
      await call(ctx.clock, `${ctx.label}: give scaling back as it was`).restoreScaling({
        ...ctx.on,
        scaling,
      })
    }
    if (names.length > 0) {
      await call(ctx.clock, `${ctx.label}: delete the alarms of this rollout`).deleteAlarms({
        ...ctx.on,
        names,
      })
    }
  }).catch(() => undefined)
}
