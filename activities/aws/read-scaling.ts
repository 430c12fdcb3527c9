import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  type ApplicationAutoScalingClient,
  type ScalableTarget,
  type ScalingPolicy,
  type ScheduledAction,
} from '@aws-sdk/client-application-auto-scaling'
import type { ScalingFacts } from '../../rollout/facts.ts'

/** The scalable dimension of instances behind a variant. */
export const scalableDimension = 'sagemaker:variant:DesiredInstanceCount'

/** `endpoint/fraud-scorer/variant/main` */
export function scalableResource(endpoint: string, variant: string): string {
  return `endpoint/${endpoint}/variant/${variant}`
}

/** Scalable targets of these variants with everything that must be put back later; variants without one are left out. */
export async function readScaling(
  autoscaling: ApplicationAutoScalingClient,
  endpoint: string,
  variants: readonly string[],
): Promise<ScalingFacts[]> {
  if (variants.length === 0) return []
  const { ScalableTargets = [] } = await autoscaling.send(
    new DescribeScalableTargetsCommand({
      ServiceNamespace: 'sagemaker',
      ResourceIds: variants.map((variant) => scalableResource(endpoint, variant)),
      ScalableDimension: scalableDimension,
    }),
  )
  const found = await Promise.all(
    variants.map(async (variant) => {
      const target = ScalableTargets.find(
        ({ ResourceId }) => ResourceId === scalableResource(endpoint, variant),
      )
      return target && readOne(autoscaling, variant, target)
    }),
  )
  return found.filter((one) => one !== undefined)
}

async function readOne(
  autoscaling: ApplicationAutoScalingClient,
  variant: string,
  target: ScalableTarget,
): Promise<ScalingFacts> {
  const of = {
    ServiceNamespace: 'sagemaker',
    ResourceId: target.ResourceId,
    ScalableDimension: target.ScalableDimension,
  } as const
  const policies: ScalingPolicy[] = []
  const actions: ScheduledAction[] = []
  let NextToken: string | undefined
  do {
    const page = await autoscaling.send(new DescribeScalingPoliciesCommand({ ...of, NextToken }))
    policies.push(...(page.ScalingPolicies ?? []))
    NextToken = page.NextToken
  } while (NextToken)
  do {
    const page = await autoscaling.send(new DescribeScheduledActionsCommand({ ...of, NextToken }))
    actions.push(...(page.ScheduledActions ?? []))
    NextToken = page.NextToken
  } while (NextToken)
  const { SuspendedState: suspended } = target
  return {
    variant,
    min: target.MinCapacity ?? 0,
    max: target.MaxCapacity ?? 0,
    ...(target.RoleARN && { roleArn: target.RoleARN }),
    suspended: {
      in: suspended?.DynamicScalingInSuspended ?? false,
      out: suspended?.DynamicScalingOutSuspended ?? false,
      scheduled: suspended?.ScheduledScalingSuspended ?? false,
    },
    policies: policies.map((policy) => asRequest(policy, ['PolicyARN', 'Alarms', 'CreationTime'])),
    scheduledActions: actions.map((action) => asRequest(action, ['ScheduledActionARN', 'CreationTime'])),
  }
}

/** The request that would make it again; StartTime and EndTime become ISO text, as a workflow would hold them. */
function asRequest(answer: object, answerOnly: readonly string[]): Record<string, unknown> {
  const request: Record<string, unknown> = { ...answer }
  for (const member of answerOnly) delete request[member]
  return JSON.parse(JSON.stringify(request)) as Record<string, unknown>
}
