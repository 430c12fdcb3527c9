import { createHash } from 'node:crypto'
import { AwsError, type Call, type Operation } from '../core/types.ts'
import { describePage, findTarget, invalid, keyOf, stateOf } from './targets.ts'

const arnFor = ({ accountId, region }: Call, kind: string, resourceId: string, name: string) => {
  const id = createHash('sha256').update(`${accountId} ${region} ${kind} ${resourceId} ${name}`).digest('hex')
  return `arn:aws:autoscaling:${region}:${accountId}:${kind}:${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20, 32)}:resource/sagemaker/${resourceId}:${kind === 'scalingPolicy' ? 'policyName' : 'scheduledActionName'}/${name}`
}

const missing = (what: string, name: string) =>
  new AwsError('ObjectNotFoundException', `No ${what} found for ${name}`)

/** An upsert for a registered target. */
export const putScalingPolicy: Operation = (call, input) => {
  const target = findTarget(call, input)
  const state = stateOf(call)
  const type: string | undefined = input.PolicyType
  if (type === 'PredictiveScaling') throw invalid('The sandbox has no predictive scaling.')
  if (type === 'TargetTrackingScaling' && !input.TargetTrackingScalingPolicyConfiguration)
    throw invalid('TargetTrackingScalingPolicyConfiguration is required.')
  if (type === 'StepScaling' && !input.StepScalingPolicyConfiguration)
    throw invalid('StepScalingPolicyConfiguration is required.')
  const key = keyOf(target.resourceId, input.PolicyName)
  const existing = state.policies.get(key)
  const arn = existing?.arn ?? arnFor(call, 'scalingPolicy', target.resourceId, input.PolicyName)
  state.policies.set(key, {
    ...existing,
    name: input.PolicyName,
    arn,
    resourceId: target.resourceId,
    dimension: target.dimension,
    createdAt: existing?.createdAt ?? call.world.clock.now(),
    input: { ...existing?.input, ...input },
  })
  return { PolicyARN: arn, Alarms: [] }
}

export const deleteScalingPolicy: Operation = (call, input) => {
  const key = keyOf(input.ResourceId, input.PolicyName)
  if (!stateOf(call).policies.delete(key)) throw missing('scaling policy', input.PolicyName)
  return {}
}

export const describeScalingPolicies: Operation = (call, input) => {
  const names: readonly string[] | undefined = input.PolicyNames
  const policies = [...stateOf(call).policies.values()].filter(
    ({ name }) => names === undefined || names.includes(name),
  )
  const { found, token } = describePage(policies, input)
  return {
    ScalingPolicies: found.map((policy) => ({
      PolicyType: 'TargetTrackingScaling',
      ...policy.input,
      PolicyARN: policy.arn,
      Alarms: [],
      CreationTime: new Date(policy.createdAt),
    })),
    NextToken: token,
  }
}

const SCHEDULE = /^(at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|rate\(\d+ (minutes?|hours?|days?)\)|cron\(.+\))$/

/** An upsert; kept and described, but the scaler does not act it out. */
export const putScheduledAction: Operation = (call, input) => {
  const target = findTarget(call, input)
  const state = stateOf(call)
  const key = keyOf(target.resourceId, input.ScheduledActionName)
  const existing = state.actions.get(key)
  const schedule = input.Schedule ?? existing?.input.Schedule
  if (schedule === undefined || !SCHEDULE.test(schedule))
    throw invalid(`Invalid schedule expression: ${schedule}`)
  state.actions.set(key, {
    name: input.ScheduledActionName,
    arn: existing?.arn ?? arnFor(call, 'scheduledAction', target.resourceId, input.ScheduledActionName),
    resourceId: target.resourceId,
    dimension: target.dimension,
    createdAt: existing?.createdAt ?? call.world.clock.now(),
    input: { ...existing?.input, ...input },
  })
  return {}
}

export const deleteScheduledAction: Operation = (call, input) => {
  const key = keyOf(input.ResourceId, input.ScheduledActionName)
  if (!stateOf(call).actions.delete(key)) throw missing('scheduled action', input.ScheduledActionName)
  return {}
}

const seconds = (at: unknown) => (typeof at === 'number' ? new Date(at * 1000) : undefined)

export const describeScheduledActions: Operation = (call, input) => {
  const names: readonly string[] | undefined = input.ScheduledActionNames
  const actions = [...stateOf(call).actions.values()].filter(
    ({ name }) => names === undefined || names.includes(name),
  )
  const { found, token } = describePage(actions, input)
  return {
    ScheduledActions: found.map((action) => ({
      ...action.input,
      StartTime: seconds(action.input.StartTime),
      EndTime: seconds(action.input.EndTime),
      ScheduledActionARN: action.arn,
      CreationTime: new Date(action.createdAt),
    })),
    NextToken: token,
  }
}

export const describeScalingActivities: Operation = (call, input) => {
  const { found, token } = describePage([...stateOf(call).activities].reverse(), input)
  return {
    ScalingActivities: found.map((activity) => ({
      ActivityId: activity.id,
      ServiceNamespace: 'sagemaker',
      ResourceId: activity.resourceId,
      ScalableDimension: activity.dimension,
      Description: activity.description,
      Cause: activity.cause,
      StartTime: new Date(activity.startedAt),
      EndTime: activity.endedAt === undefined ? undefined : new Date(activity.endedAt),
      StatusCode: activity.status,
      StatusMessage: activity.message,
    })),
    NextToken: token,
  }
}
