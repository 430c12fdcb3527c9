import { bakeConfig, createConfig } from '../../rollout/deploy/configs.ts'
import type { Snapshot } from '../../activities/contract.ts'
import type { PlannedTarget } from '../../rollout/plan/types.ts'
import { call, cleanUp } from '../activities.ts'
import { raise } from '../problem.ts'
import type { EndpointContext } from './context.ts'
import { deleteCreated, goBack } from './go-back.ts'
import { cleanUpPatience, persist } from './persist.ts'
import type { OrderResult } from './protocol.ts'
import { swapTimeout, verify } from './settle.ts'
import { checkStable, refuseMovedImage } from './stable-image.ts'

/**
 * Act one: a healthy candidate that gets no traffic yet, beside stable exactly as it was. Every compensation is
 * registered before its step. A first deployment creates the endpoint; its compensation is a delete.
 */
export async function prepare(ctx: EndpointContext, target: PlannedTarget): Promise<OrderResult> {
  if (ctx.prepared) return {}
  // What an earlier try left behind would otherwise count as the endpoint's own state.
  if (ctx.target) await startOver(ctx)
  ctx.enter('Preparing', 'reading the endpoint')
  const snapshot = await takeSnapshot(ctx, target)
  await ctx.begin(target, snapshot, 'prepare')
  await makeModel(ctx, target)
  if (!snapshot.endpoint || !snapshot.config) await createEndpoint(ctx, target)
  else await addCandidate(ctx, target, snapshot)
  const measurements = await smoke(ctx, target)
  ctx.prepared = true
  ctx.enter('Prepared', 'the candidate is healthy and gets no traffic')
  return { measurements }
}

async function startOver(ctx: EndpointContext): Promise<void> {
  await ctx.saga.unwind((name, undo, patience) => persist(ctx, name, undo, patience))
  ctx.reset()
}

/** Reads the endpoint while it rests, and refuses what the plan did not expect. */
export async function takeSnapshot(ctx: EndpointContext, target: PlannedTarget): Promise<Snapshot> {
  const snapshot = await call(ctx.clock, `${ctx.label}: read the endpoint`).snapshotEndpoint({
    ...ctx.on,
    ...(target.restoreConfig === undefined ? {} : { restore: target.restoreConfig }),
  })
  if (target.action === 'create' && snapshot.endpoint) {
    raise('Conflict', `${ctx.label} was created by somebody else after the plan was made`)
  }
  if (target.action === 'update' && !snapshot.endpoint) {
    raise('Conflict', `${ctx.label} was deleted by somebody else after the plan was made`)
  }
  return snapshot
}

export async function makeModel(ctx: EndpointContext, target: PlannedTarget): Promise<void> {
  const name = target.names.model
  ctx.saga.add(
    `${ctx.label}: delete model ${name}`,
    () => cleanUp(ctx.clock, `${ctx.label}: delete model ${name}`).deleteModel({ ...ctx.on, name }),
    cleanUpPatience,
  )
  await call(ctx.clock, `${ctx.label}: create model ${name}`).ensureModel({
    ...ctx.on,
    name,
    source: ctx.input.source,
    rewrites: target.rewrites,
    model: target.candidate.model,
    tags: target.candidate.tags,
  })
}

/** Registers the config's deletion, then creates it. */
export async function makeConfig(
  ctx: EndpointContext,
  name: string,
  request: ReturnType<typeof bakeConfig>,
): Promise<void> {
  ctx.saga.add(
    `${ctx.label}: delete config ${name}`,
    () => cleanUp(ctx.clock, `${ctx.label}: delete config ${name}`).deleteConfig({ ...ctx.on, name }),
    cleanUpPatience,
  )
  await call(ctx.clock, `${ctx.label}: create config ${name}`).ensureConfig({
    ...ctx.on,
    name,
    request,
    tags: ctx.planned.candidate.tags,
  })
}

/** A first deployment, of staging's endpoint or of a production one. */
export async function createEndpoint(ctx: EndpointContext, target: PlannedTarget): Promise<void> {
  const config = target.names.finalConfig
  await makeConfig(ctx, config, createConfig(target))
  await makeAlarms(ctx, target, target.stableVariant)
  ctx.saga.add(`${ctx.label}: delete the endpoint`, () => deleteCreated(ctx))
  ctx.touched = true
  ctx.enter('Preparing', 'creating the endpoint')
  await call(ctx.clock, `${ctx.label}: create the endpoint`).createEndpoint({
    ...ctx.on,
    config,
    tags: target.candidate.tags,
  })
  await verify(ctx, 'wait until the new endpoint is in service', { config }, { timeout: swapTimeout })
}

async function addCandidate(ctx: EndpointContext, target: PlannedTarget, snapshot: Snapshot): Promise<void> {
  const config = target.names.bakeConfig
  const previous = snapshot.endpoint?.configName
  await makeConfig(ctx, config, bakeConfig(snapshot, target))
  await makeAlarms(ctx, target, target.names.candidateVariant)
  await suspendScaling(ctx, snapshot)
  await checkStable(ctx)
  ctx.saga.add(`${ctx.label}: put the endpoint back`, () => goBack(ctx))
  const expected = ctx.expected()
  ctx.touched = true
  ctx.enter('Preparing', 'starting the candidate beside stable')
  const weights = { ...expected.weights, [target.names.candidateVariant]: 0 }
  ctx.asking(weights)
  await call(ctx.clock, `${ctx.label}: add the candidate at weight 0`).updateEndpoint({
    ...ctx.on,
    config,
    expected,
  })
  const endpoint = await verify(
    ctx,
    'wait until the candidate is in service',
    { config, weights, createdAt: expected.createdAt },
    { previous, timeout: swapTimeout },
  )
  refuseMovedImage(ctx, endpoint)
}

async function makeAlarms(ctx: EndpointContext, target: PlannedTarget, variant: string): Promise<void> {
  const names = target.alarms.filter((alarm) => alarm.kind !== 'existing').map((alarm) => alarm.name)
  if (names.length === 0) return
  ctx.saga.add(`${ctx.label}: delete the alarms of this rollout`, () =>
    call(ctx.clock, `${ctx.label}: delete the alarms of this rollout`).deleteAlarms({ ...ctx.on, names }),
  )
  await call(ctx.clock, `${ctx.label}: create ${names.length} alarms`).ensureAlarms({
    ...ctx.on,
    alarms: target.alarms,
    stableVariant: target.stableVariant,
    variant,
  })
}

async function suspendScaling(ctx: EndpointContext, snapshot: Snapshot): Promise<void> {
  const { scaling } = snapshot
  if (scaling.length === 0) return
  ctx.saga.add(`${ctx.label}: give scaling back`, () =>
    call(ctx.clock, `${ctx.label}: give scaling back as it was`).restoreScaling({ ...ctx.on, scaling }),
  )
  await call(ctx.clock, `${ctx.label}: suspend scale-in and scheduled scaling`).suspendScaling({
    ...ctx.on,
    scaling,
  })
}

async function smoke(ctx: EndpointContext, target: PlannedTarget): Promise<OrderResult['measurements']> {
  const variant = target.action === 'create' ? target.stableVariant : target.names.candidateVariant
  const { measurements } = await call(ctx.clock, `${ctx.label}: ask the candidate alone`).smokeTest({
    ...ctx.on,
    variant,
    ...(ctx.input.smoke ? { invoke: ctx.input.smoke } : {}),
  })
  return measurements
}
