import {
  DeregisterScalableTargetCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
  type ApplicationAutoScalingClient,
  type PutScalingPolicyRequest,
  type PutScheduledActionRequest,
} from '@aws-sdk/client-application-auto-scaling'
import type { ScalingFacts } from '../../rollout/facts.ts'
import type { Activities, OnTarget } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { readEndpoint } from '../aws/read-endpoint.ts'
import { readScaling, scalableDimension, scalableResource } from '../aws/read-scaling.ts'
import { absentAsNull } from '../aws/absent-as-null.ts'
import { policyFor } from './scaling-policy.ts'

type Input<Name extends keyof Activities> = Parameters<Activities[Name]>[0]

/** Suspends scale-in and scheduled scaling; scale-out stays as it was. A target that somebody removed stays removed. */
export async function suspendScaling(deps: Dependencies, input: Input<'suspendScaling'>): Promise<void> {
  const client = deps.aws.autoscaling(input.target, input.rolloutId)
  const variants = input.scaling.map((one) => one.variant)
  for (const { variant, suspended } of await readScaling(client, input.target.endpoint, variants)) {
    if (suspended.in && suspended.scheduled) continue
    await client.send(
      new RegisterScalableTargetCommand({
        ...resource(input, variant),
        SuspendedState: suspendedState({ ...suspended, in: true, scheduled: true }),
      }),
    )
  }
}

/** Puts targets, policies and scheduled actions back as they were, on every variant that (still) exists. */
export async function restoreScaling(deps: Dependencies, input: Input<'restoreScaling'>): Promise<void> {
  const { target, rolloutId } = input
  const endpoint = await readEndpoint(deps.aws.sagemaker(target, rolloutId), target.endpoint)
  const present = new Set(endpoint?.variants.map((variant) => variant.name))
  const client = deps.aws.autoscaling(target, rolloutId)
  for (const scaling of input.scaling.filter(({ variant }) => present.has(variant))) {
    await register(client, input, scaling)
    for (const policy of scaling.policies) {
      await client.send(new PutScalingPolicyCommand(policy as unknown as PutScalingPolicyRequest))
    }
    for (const action of scaling.scheduledActions) {
      await client.send(new PutScheduledActionCommand(toScheduledAction(action)))
    }
  }
}

/** Takes variants out of scaling; their policies and scheduled actions go with them. */
export async function removeScaling(deps: Dependencies, input: Input<'removeScaling'>): Promise<void> {
  const client = deps.aws.autoscaling(input.target, input.rolloutId)
  for (const variant of input.variants) {
    await absentAsNull(() => client.send(new DeregisterScalableTargetCommand(resource(input, variant))))
  }
}

/**
 * Lets the candidate scale out like stable while both serve. It never scales in below `min`, nor at all while its share of
 * the traffic is still growing; step policies are left out, because they need alarms of their own.
 */
export async function cloneScaling(deps: Dependencies, input: Input<'cloneScaling'>): Promise<void> {
  const client = deps.aws.autoscaling(input.target, input.rolloutId)
  for (const stable of input.from) {
    await register(client, input, {
      ...stable,
      variant: input.variant,
      min: input.min,
      max: Math.max(stable.max, input.min),
      suspended: { in: true, out: stable.suspended.out, scheduled: true },
    })
    for (const policy of stable.policies) {
      const copy = policyFor(policy, stable.variant, input.variant)
      if (copy) await client.send(new PutScalingPolicyCommand({ ...copy, ...resource(input, input.variant) }))
    }
  }
}

async function register(client: ApplicationAutoScalingClient, on: OnTarget, scaling: ScalingFacts) {
  // The service-linked role is AWS's own and must not be passed.
  const role = scaling.roleArn?.includes(':role/aws-service-role/') ? undefined : scaling.roleArn
  await client.send(
    new RegisterScalableTargetCommand({
      ...resource(on, scaling.variant),
      MinCapacity: scaling.min,
      MaxCapacity: scaling.max,
      SuspendedState: suspendedState(scaling.suspended),
      ...(role && { RoleARN: role }),
    }),
  )
}

function resource({ target }: OnTarget, variant: string) {
  return {
    ServiceNamespace: 'sagemaker',
    ResourceId: scalableResource(target.endpoint, variant),
    ScalableDimension: scalableDimension,
  } as const
}

function suspendedState(suspended: ScalingFacts['suspended']) {
  return {
    DynamicScalingInSuspended: suspended.in,
    DynamicScalingOutSuspended: suspended.out,
    ScheduledScalingSuspended: suspended.scheduled,
  }
}

/** Workflows hold times as text. */
function toScheduledAction({ StartTime, EndTime, ...action }: Readonly<Record<string, unknown>>) {
  return {
    ...action,
    ...(typeof StartTime === 'string' && { StartTime: new Date(StartTime) }),
    ...(typeof EndTime === 'string' && { EndTime: new Date(EndTime) }),
  } as unknown as PutScheduledActionRequest
}
