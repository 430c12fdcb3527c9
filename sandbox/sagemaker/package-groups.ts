import type { Call, Operation } from '../core/types.ts'
import { listPage } from './listing.ts'
import { invalid, parseArn } from './names.ts'
import { notAuthorized, policyAllows } from './resource-policy.ts'
import { sageMakerState, type ModelPackageGroup, type SageMakerState } from './state.ts'
import { setTags } from './tags.ts'

const groupArn = ({ accountId, region }: { accountId: string; region: string }, name: string) =>
  `arn:aws:sagemaker:${region}:${accountId}:model-package-group/${name}`

/** Where a name or ARN points; another account is reached by its ARN only, another Region never. */
export const placeOf = (
  call: Call,
  nameOrArn: string,
): { readonly state: SageMakerState; readonly name: string } => {
  const parsed = parseArn(nameOrArn)
  if (!parsed) return { state: sageMakerState(call.world, call.accountId, call.region), name: nameOrArn }
  if (parsed.region !== call.region) throw invalid(`ARN should be scoped to correct region: ${call.region}`)
  return {
    state: sageMakerState(call.world, parsed.accountId, parsed.region),
    name: parsed.resource.slice(parsed.resource.indexOf('/') + 1),
  }
}

/** The group, if the caller may do this to it: its own account's, or one whose policy allows it. */
export const findGroup = (
  call: Call,
  nameOrArn: string,
  action: string,
  resource?: string,
): { readonly state: SageMakerState; readonly group: ModelPackageGroup } => {
  const { state, name } = placeOf(call, nameOrArn)
  const group = state.groups.get(name)
  if (
    state.accountId !== call.accountId &&
    !policyAllows(group?.policy, call.principal, action, resource ?? groupArn(state, name))
  ) {
    throw notAuthorized(call.principal, action, resource ?? groupArn(state, name))
  }
  if (!group) throw invalid(`ModelPackageGroup ${groupArn(state, name)} does not exist.`)
  return { state, group }
}

/** By name only, in the caller's own account. */
export const createGroup: Operation = (call, input) => {
  const state = sageMakerState(call.world, call.accountId, call.region)
  const name: string = input.ModelPackageGroupName
  if (parseArn(name))
    throw invalid('ModelPackageGroupName must be a name, not an ARN: a group is created in the own account')
  const arn = groupArn(state, name)
  if (state.groups.has(name)) throw invalid(`Model Package Group already exists: ${arn}`)
  const { Tags, ...kept } = input
  state.groups.set(name, { name, arn, createdAt: call.world.clock.now(), input: kept, policy: undefined })
  setTags(state, arn, Tags)
  return { ModelPackageGroupArn: arn }
}

export const describeGroup: Operation = (call, input) => {
  const { group } = findGroup(call, input.ModelPackageGroupName, 'sagemaker:DescribeModelPackageGroup')
  return {
    ModelPackageGroupName: group.name,
    ModelPackageGroupArn: group.arn,
    ModelPackageGroupDescription: group.input.ModelPackageGroupDescription,
    CreationTime: new Date(group.createdAt),
    CreatedBy: {},
    ModelPackageGroupStatus: 'Completed',
  }
}

export const listGroups: Operation = (call, input) => {
  const state = sageMakerState(call.world, call.accountId, call.region)
  const { page, token } = listPage(state.groups.values(), input, { sortOrder: 'Ascending' })
  return {
    ModelPackageGroupSummaryList: page.map((group) => ({
      ModelPackageGroupName: group.name,
      ModelPackageGroupArn: group.arn,
      ModelPackageGroupDescription: group.input.ModelPackageGroupDescription,
      CreationTime: new Date(group.createdAt),
      ModelPackageGroupStatus: 'Completed',
    })),
    NextToken: token,
  }
}

export const deleteGroup: Operation = (call, input) => {
  const { state, group } = findGroup(call, input.ModelPackageGroupName, 'sagemaker:DeleteModelPackageGroup')
  if ([...state.packages.values()].some((one) => one.group === group.name)) {
    throw invalid(
      `Model Package Group ${group.arn} cannot be deleted because it still contains model packages.`,
    )
  }
  state.groups.delete(group.name)
  state.tags.delete(group.arn)
  return {}
}

export const putGroupPolicy: Operation = (call, input) => {
  const { group } = findGroup(call, input.ModelPackageGroupName, 'sagemaker:PutModelPackageGroupPolicy')
  try {
    JSON.parse(input.ResourcePolicy)
  } catch {
    throw invalid('Invalid resource policy: it is not JSON')
  }
  group.policy = input.ResourcePolicy
  return { ModelPackageGroupArn: group.arn }
}

export const getGroupPolicy: Operation = (call, input) => {
  const { group } = findGroup(call, input.ModelPackageGroupName, 'sagemaker:GetModelPackageGroupPolicy')
  if (group.policy === undefined) throw invalid(`Cannot find resource policy for: ${group.arn}`)
  return { ResourcePolicy: group.policy }
}

export const deleteGroupPolicy: Operation = (call, input) => {
  findGroup(call, input.ModelPackageGroupName, 'sagemaker:DeleteModelPackageGroupPolicy').group.policy =
    undefined
  return {}
}
