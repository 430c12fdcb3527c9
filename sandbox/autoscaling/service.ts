import { randomUUID } from 'node:crypto'
import type { Call, Operation, Service, World } from '../core/types.ts'
import * as policies from './policies.ts'
import { haltScaler, runScaler } from './scaler.ts'
import { autoScalingState, DIMENSION, type AutoScalingState } from './state.ts'
import * as targets from './targets.ts'

interface Where {
  readonly account: string
  readonly region: string
}

/** A scalable target with its policies and scheduled actions, in the members of the service's calls. */
export interface ScalableTargetSeed extends Where {
  readonly ResourceId: string
  readonly MinCapacity: number
  readonly MaxCapacity: number
  readonly SuspendedState?: Readonly<Record<string, boolean>>
  readonly policies?: readonly Readonly<Record<string, unknown>>[]
  readonly scheduledActions?: readonly Readonly<Record<string, unknown>>[]
}

const callOf = (world: World, { account, region }: Where): Call => ({
  world,
  service: 'application-autoscaling',
  operation: 'seed',
  principal: { accountId: account, arn: `arn:aws:iam::${account}:user/seed` },
  accountId: account,
  region,
  requestId: randomUUID(),
})

/** Registers targets; the variants must exist. */
export const seedScalableTargets = async (
  world: World,
  all: readonly ScalableTargetSeed[],
): Promise<void> => {
  for (const { account, region, policies: own = [], scheduledActions = [], ...target } of all) {
    const call = callOf(world, { account, region })
    const base = {
      ServiceNamespace: 'sagemaker',
      ScalableDimension: DIMENSION,
      ResourceId: target.ResourceId,
    }
    const make = async (operation: Operation, input: object) =>
      void (await operation(call, { ...base, ...input }))
    await make(targets.registerScalableTarget, target)
    for (const policy of own) await make(policies.putScalingPolicy, policy)
    for (const action of scheduledActions) await make(policies.putScheduledAction, action)
  }
}

const every = (world: World) => world.states<AutoScalingState>('application-autoscaling')

/** The simulated Application Auto Scaling, for variants of endpoints. */
export const autoscaling: Service = {
  service: 'application-autoscaling',
  operations: {
    RegisterScalableTarget: targets.registerScalableTarget,
    DeregisterScalableTarget: targets.deregisterScalableTarget,
    DescribeScalableTargets: targets.describeScalableTargets,
    PutScalingPolicy: policies.putScalingPolicy,
    DeleteScalingPolicy: policies.deleteScalingPolicy,
    DescribeScalingPolicies: policies.describeScalingPolicies,
    PutScheduledAction: policies.putScheduledAction,
    DeleteScheduledAction: policies.deleteScheduledAction,
    DescribeScheduledActions: policies.describeScheduledActions,
    DescribeScalingActivities: policies.describeScalingActivities,
    ListTagsForResource: targets.listTags,
    TagResource: targets.addTags,
    UntagResource: targets.removeTags,
  },
  seeds: { scalableTargets: seedScalableTargets },
  controls: {
    scaler: (world, { account, region, enabled }: Where & { readonly enabled: boolean }) => {
      const state = autoScalingState(world, account, region)
      if (enabled) runScaler(world, state)
      else haltScaler(state)
      return { account, region, enabled: state.stopScaling !== undefined }
    },
  },
  dumps: {
    scalableTargets: (world) =>
      every(world).flatMap(({ accountId, region, state }) =>
        [...state.targets.values()].map(({ tags, ...target }) => ({
          accountId,
          region,
          ...target,
          tags: Object.fromEntries(tags),
        })),
      ),
    scalingPolicies: (world) =>
      every(world).flatMap(({ accountId, region, state }) =>
        [...state.policies.values()].map((policy) => ({ accountId, region, ...policy })),
      ),
    scheduledActions: (world) =>
      every(world).flatMap(({ accountId, region, state }) =>
        [...state.actions.values()].map((action) => ({ accountId, region, ...action })),
      ),
  },
}
