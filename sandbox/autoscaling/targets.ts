import { AwsError, type Call, type Operation } from '../core/types.ts'
import { sageMakerState } from '../sagemaker/state.ts'
import { autoScalingState, DIMENSION, removeTarget, type ScalableTarget } from './state.ts'

/** An invalid request, in the service's own error. */
export const invalid = (message: string): AwsError => new AwsError('ValidationException', message)

export const keyOf = (resourceId: string, dimension: string): string => `${resourceId} ${dimension}`

export const stateOf = ({ world, accountId, region }: Call) => autoScalingState(world, accountId, region)

/** The variant behind a resource id. Throws when it is not one, or does not exist in SageMaker. */
export const checkResource = (call: Call, input: Readonly<Record<string, any>>): void => {
  if (input.ServiceNamespace !== 'sagemaker')
    throw invalid(`The sandbox scales only the sagemaker namespace, found ${input.ServiceNamespace}`)
  if (input.ScalableDimension !== DIMENSION)
    throw invalid(`The sandbox scales only ${DIMENSION}, found ${input.ScalableDimension}`)
  const [, endpoint, variant] = /^endpoint\/([^/]+)\/variant\/([^/]+)$/.exec(input.ResourceId) ?? []
  if (!endpoint)
    throw invalid(`Unsupported service namespace, resource type or scalable dimension: ${input.ResourceId}`)
  const found = sageMakerState(call.world, call.accountId, call.region).endpoints.get(endpoint)
  if (!found?.variants.some(({ name }) => name === variant)) {
    throw invalid(`Variant does not exist: ${input.ResourceId}`)
  }
}

/** The registered target, or ObjectNotFoundException. */
export const findTarget = (call: Call, input: Readonly<Record<string, any>>): ScalableTarget => {
  const target = stateOf(call).targets.get(keyOf(input.ResourceId, input.ScalableDimension))
  if (target) return target
  throw new AwsError(
    'ObjectNotFoundException',
    `No scalable target found for service namespace: ${input.ServiceNamespace}, resource ID: ${input.ResourceId}, scalable dimension: ${input.ScalableDimension}`,
  )
}

const NOTHING_SUSPENDED = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
}

/** An upsert: what a later call leaves out stays as it was. */
export const registerScalableTarget: Operation = (call, input) => {
  checkResource(call, input)
  const { world, accountId, region } = call
  const state = stateOf(call)
  const key = keyOf(input.ResourceId, input.ScalableDimension)
  const existing = state.targets.get(key)
  const min: number | undefined = input.MinCapacity ?? existing?.min
  const max: number | undefined = input.MaxCapacity ?? existing?.max
  if (min === undefined || max === undefined)
    throw invalid('Both MinCapacity and MaxCapacity are required to register a new scalable target.')
  if (min > max) throw invalid(`Maximum capacity cannot be less than minimum capacity`)
  if (min < 1) throw invalid('MinCapacity must be at least 1 for a variant.')
  const arn =
    existing?.arn ??
    `arn:aws:application-autoscaling:${region}:${accountId}:scalable-target/${Buffer.from(key).toString('hex').slice(-20)}`
  state.targets.set(key, {
    resourceId: input.ResourceId,
    dimension: input.ScalableDimension,
    arn,
    createdAt: existing?.createdAt ?? world.clock.now(),
    min,
    max,
    roleArn:
      input.RoleARN ??
      existing?.roleArn ??
      `arn:aws:iam::${accountId}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
    suspended: { ...NOTHING_SUSPENDED, ...existing?.suspended, ...input.SuspendedState },
    tags: existing?.tags ?? new Map(Object.entries(input.Tags ?? {})),
  })
  return { ScalableTargetARN: arn }
}

/** Takes the target's policies and scheduled actions with it. */
export const deregisterScalableTarget: Operation = (call, input) => {
  findTarget(call, input)
  removeTarget(stateOf(call), input.ResourceId)
  return {}
}

const page = <T>(items: readonly T[], input: Readonly<Record<string, any>>, most: number) => {
  const offset = input.NextToken === undefined ? 0 : Number(input.NextToken)
  if (!Number.isInteger(offset))
    throw new AwsError('InvalidNextTokenException', 'The next token supplied was invalid.')
  const end = offset + (input.MaxResults ?? most)
  return { found: items.slice(offset, end), token: end < items.length ? String(end) : undefined }
}

/** Filters what belongs to the resources of a Describe call, and cuts a page of 50. */
export const describePage = <T extends { readonly resourceId: string; readonly dimension: string }>(
  items: Iterable<T>,
  input: Readonly<Record<string, any>>,
) => {
  if (input.ServiceNamespace !== 'sagemaker') return { found: [], token: undefined }
  const wanted: readonly string[] | undefined =
    input.ResourceIds ?? (input.ResourceId === undefined ? undefined : [input.ResourceId])
  return page(
    [...items].filter(
      (item) =>
        (wanted === undefined || wanted.includes(item.resourceId)) &&
        (input.ScalableDimension ?? item.dimension) === item.dimension,
    ),
    input,
    50,
  )
}

export const describeScalableTargets: Operation = (call, input) => {
  const { found, token } = describePage(stateOf(call).targets.values(), input)
  return {
    ScalableTargets: found.map((target) => ({
      ServiceNamespace: 'sagemaker',
      ResourceId: target.resourceId,
      ScalableDimension: target.dimension,
      MinCapacity: target.min,
      MaxCapacity: target.max,
      RoleARN: target.roleArn,
      CreationTime: new Date(target.createdAt),
      SuspendedState: target.suspended,
      ScalableTargetARN: target.arn,
    })),
    NextToken: token,
  }
}

const tagged = (call: Call, arn: string): ScalableTarget => {
  const target = [...stateOf(call).targets.values()].find((one) => one.arn === arn)
  if (!target)
    throw new AwsError('ResourceNotFoundException', `No resource found for resource ARN: ${arn}`, 400, {
      ResourceName: arn,
    })
  return target
}

export const listTags: Operation = (call, input) => ({
  Tags: Object.fromEntries(tagged(call, input.ResourceARN).tags),
})
export const addTags: Operation = (call, input) => {
  for (const [key, value] of Object.entries(input.Tags))
    tagged(call, input.ResourceARN).tags.set(key, String(value))
  return {}
}
export const removeTags: Operation = (call, input) => {
  for (const key of input.TagKeys) tagged(call, input.ResourceARN).tags.delete(key)
  return {}
}
