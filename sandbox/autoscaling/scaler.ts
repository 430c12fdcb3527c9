import { randomUUID } from 'node:crypto'
import type { World } from '../core/types.ts'
import { minuteOf, startOfMinute } from '../cloudwatch/periods.ts'
import { readSeries } from '../cloudwatch/reading.ts'
import { cloudWatchState } from '../cloudwatch/state.ts'
import { isInProgress } from '../sagemaker/endpoint-status.ts'
import { sageMakerState } from '../sagemaker/state.ts'
import { changeWeights } from '../sagemaker/weights.ts'
import type { AutoScalingState, ScalableTarget, ScalingPolicy } from './state.ts'

const LOOK_BACK_MINUTES = 5

/** What target tracking wants: the count at which each instance would see the target value, within the target's bounds. */
export const wantedCount = (
  { min, max }: { readonly min: number; readonly max: number },
  {
    current,
    perInstance,
    target,
  }: { readonly current: number; readonly perInstance: number; readonly target: number },
): number => Math.min(max, Math.max(min, Math.ceil((current * perInstance) / target - 1e-9)))

/** Whether a change of capacity is held back: by suspension, by the policy, or by its cooldown. */
export const isHeldBack = (
  { suspended }: Pick<ScalableTarget, 'suspended'>,
  { input, lastScaledAt }: Pick<ScalingPolicy, 'input' | 'lastScaledAt'>,
  {
    grows,
    now,
    realMs,
  }: { readonly grows: boolean; readonly now: number; readonly realMs: (sandboxMs: number) => number },
): boolean => {
  const config = input.TargetTrackingScalingPolicyConfiguration
  if (grows ? suspended.DynamicScalingOutSuspended : suspended.DynamicScalingInSuspended) return true
  if (!grows && config?.DisableScaleIn) return true
  const cooldown = (grows ? config?.ScaleOutCooldown : config?.ScaleInCooldown) ?? 300
  return lastScaledAt !== undefined && now - lastScaledAt < realMs(cooldown * 1000)
}

const scale = (
  world: World,
  state: AutoScalingState,
  policy: ScalingPolicy,
  target: ScalableTarget,
): void => {
  const config = policy.input.TargetTrackingScalingPolicyConfiguration
  if (
    config?.PredefinedMetricSpecification?.PredefinedMetricType !== 'SageMakerVariantInvocationsPerInstance'
  )
    return
  const [, endpointName, , variantName] = target.resourceId.split('/')
  const sagemaker = sageMakerState(world, state.accountId, state.region)
  const endpoint = sagemaker.endpoints.get(endpointName ?? '')
  const variant = endpoint?.variants.find(({ name }) => name === variantName)
  if (!endpoint || !variant || isInProgress(endpoint) || endpoint.status !== 'InService') return
  const now = world.clock.now()
  const minute = minuteOf(world.clock, now)
  const metric = {
    namespace: 'AWS/SageMaker',
    name: 'InvocationsPerInstance',
    dimensions: { EndpointName: endpoint.name, VariantName: variant.name },
  }
  const series = readSeries(
    world,
    cloudWatchState(world, state.accountId, state.region),
    { metric, periodSeconds: 60, statistic: 'Sum' },
    [startOfMinute(world.clock, minute - LOOK_BACK_MINUTES), now],
  )
  // Without datapoints there is nothing to track: at zero traffic invocation-based scaling does not scale in.
  const newest = [...series.values()].at(-1)
  if (newest === undefined) return
  const wanted = wantedCount(target, {
    current: variant.currentCount,
    perInstance: newest,
    target: config.TargetValue,
  })
  const grows = wanted > variant.currentCount
  if (
    wanted === variant.currentCount ||
    isHeldBack(target, policy, { grows, now, realMs: (ms) => world.clock.real(ms) })
  )
    return
  const activity = {
    id: randomUUID(),
    resourceId: target.resourceId,
    dimension: target.dimension,
    description: `Setting desired instance count to ${wanted}.`,
    cause: `monitor alarm of policy ${policy.name} in state ALARM triggered policy ${policy.name}`,
    startedAt: now,
    endedAt: now,
  }
  try {
    changeWeights(world, sagemaker, endpoint, [{ VariantName: variant.name, DesiredInstanceCount: wanted }])
    policy.lastScaledAt = now
    state.activities.push({
      ...activity,
      status: 'Successful',
      message: `Successfully set desired instance count to ${wanted}.`,
    })
  } catch (error) {
    state.activities.push({
      ...activity,
      status: 'Failed',
      message: error instanceof Error ? error.message : String(error),
    })
  }
}

/** Looks at every target-tracking policy once. */
export const scaleOnce = (world: World, state: AutoScalingState): void => {
  for (const policy of state.policies.values()) {
    const target = [...state.targets.values()].find(({ resourceId }) => resourceId === policy.resourceId)
    if (target) scale(world, state, policy, target)
  }
}

/** Lets the scaler look once every sandbox minute, until it is switched off. */
export const runScaler = (world: World, state: AutoScalingState): void => {
  if (state.stopScaling) return
  const next = () => {
    state.stopScaling = world.clock.after(60_000, () => {
      scaleOnce(world, state)
      next()
    })
  }
  next()
}

/** Switches the scaler off. */
export const haltScaler = (state: AutoScalingState): void => {
  state.stopScaling?.()
  state.stopScaling = undefined
}
