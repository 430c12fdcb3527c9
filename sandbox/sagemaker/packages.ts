import { AwsError, type Call, type Operation, type World } from '../core/types.ts'
import { digestOf } from './images.ts'
import { invalid, parseArn } from './names.ts'
import { findGroup, placeOf } from './package-groups.ts'
import { notAuthorized, policyAllows } from './resource-policy.ts'
import { sageMakerSettings } from './settings.ts'
import { sageMakerState, type ModelPackage, type SageMakerState, type Wire } from './state.ts'
import { setTags } from './tags.ts'

const emitChange = (world: World, state: SageMakerState, found: ModelPackage) =>
  world.emit({
    accountId: state.accountId,
    region: state.region,
    detailType: 'SageMaker Model Package State Change',
    resources: [found.arn],
    detail: {
      ModelPackageGroupName: found.group,
      ModelPackageVersion: found.version,
      ModelPackageArn: found.arn,
      CreationTime: new Date(found.createdAt).toISOString(),
      InferenceSpecification: found.input.InferenceSpecification,
      ModelPackageStatus: found.status,
      ModelPackageStatusDetails: { ValidationStatuses: [] },
      CertifyForMarketplace: false,
      ModelApprovalStatus: found.input.ModelApprovalStatus,
      MetadataProperties: found.input.MetadataProperties,
      ModelMetrics: found.input.ModelMetrics,
      CustomerMetadataProperties: found.input.CustomerMetadataProperties,
      ModelLifeCycle: found.input.ModelLifeCycle,
      LastModifiedTime: found.modifiedAt === undefined ? undefined : new Date(found.modifiedAt).toISOString(),
    },
  })

/** SageMaker notes the digest of every image it can see when a package is registered. */
const withDigests = (
  world: World,
  owner: SageMakerState,
  specification: Wire | undefined,
): Wire | undefined =>
  specification && {
    ...specification,
    Containers: specification.Containers?.map((container: Wire) => {
      if (!container.Image || container.ImageDigest) return container
      const digest = digestOf(world, container.Image, owner)
      return digest ? { ...container, ImageDigest: digest } : container
    }),
  }

const place = (call: Call, input: Wire) => {
  if (input.ModelPackageGroupName) {
    const { state, group } = findGroup(call, input.ModelPackageGroupName, 'sagemaker:CreateModelPackage')
    const versions = [...state.packages.values()]
      .filter((one) => one.group === group.name)
      .map((one) => one.version ?? 0)
    const version = Math.max(0, ...versions, state.lastVersions.get(group.name) ?? 0) + 1
    state.lastVersions.set(group.name, version)
    return { state, group: group.name, name: group.name, version, suffix: `${group.name}/${version}` }
  }
  const state = sageMakerState(call.world, call.accountId, call.region)
  const name: string | undefined = input.ModelPackageName
  if (!name) throw invalid('Either ModelPackageName or ModelPackageGroupName must be provided.')
  const existing = [...state.packages.values()].find((one) => one.group === undefined && one.name === name)
  if (existing) throw invalid(`Model Package already exists: ${existing.arn}`)
  return { state, group: undefined, name, version: undefined, suffix: name }
}

/** Versions count up per group and are never given twice; the same `ClientToken` gives the same package. */
export const createPackage: Operation = (call, input) => {
  const { world } = call
  const { ClientToken, Tags, ModelPackageGroupName, ModelPackageName, ...request } = input
  if (ModelPackageGroupName && ModelPackageName)
    throw invalid('Both ModelPackageName and ModelPackageGroupName cannot be provided.')
  if (ModelPackageGroupName && Tags)
    throw invalid('Tags cannot be set on a versioned model package; tag its group instead.')
  const tokens = sageMakerState(world, call.accountId, call.region).clientTokens
  const text = JSON.stringify([ModelPackageGroupName, ModelPackageName, request])
  const earlier = ClientToken === undefined ? undefined : tokens.get(ClientToken)
  if (earlier) {
    if (earlier.request !== text)
      throw new AwsError(
        'ConflictException',
        'A request with the same client token but different parameters was made.',
      )
    return { ModelPackageArn: earlier.arn }
  }
  const { state, group, name, version, suffix } = place(call, input)
  const arn = `arn:aws:sagemaker:${state.region}:${state.accountId}:model-package/${suffix}`
  const { packageMs } = sageMakerSettings(world)
  const made: ModelPackage = {
    arn,
    group,
    name,
    version,
    createdAt: world.clock.now(),
    createdBy: call.principal.arn,
    modifiedAt: undefined,
    status: packageMs > 0 ? 'Pending' : 'Completed',
    input: {
      ...request,
      InferenceSpecification: withDigests(world, state, request.InferenceSpecification),
      ModelApprovalStatus: request.ModelApprovalStatus ?? (group ? 'PendingManualApproval' : undefined),
    },
  }
  state.packages.set(arn, made)
  setTags(state, arn, Tags)
  if (ClientToken !== undefined) tokens.set(ClientToken, { arn, request: text })
  emitChange(world, state, made)
  if (packageMs > 0) {
    world.clock.after(packageMs / 2, () => (made.status = 'InProgress'))
    world.clock.after(packageMs, () => {
      made.status = 'Completed'
      emitChange(world, state, made)
    })
  }
  return { ModelPackageArn: arn }
}

const packageArn = (state: SageMakerState, name: string) =>
  `arn:aws:sagemaker:${state.region}:${state.accountId}:model-package/${name}`

/** The package, if the caller may do this to it: its own, or one of a group whose policy allows it. */
export const findPackage = (
  call: Call,
  nameOrArn: string,
  action: string,
): { readonly state: SageMakerState; readonly found: ModelPackage } => {
  const { state, name } = placeOf(call, nameOrArn)
  const arn = packageArn(state, name)
  const found = state.packages.get(arn)
  if (state.accountId !== call.accountId) {
    const policy = state.groups.get(name.split('/')[0]!)?.policy
    if (!policyAllows(policy, call.principal, action, arn)) throw notAuthorized(call.principal, action, arn)
  }
  if (!found) throw invalid(`ModelPackage ${arn} does not exist.`)
  return { state, found }
}

const REPLACED = [
  'ModelApprovalStatus',
  'ApprovalDescription',
  'InferenceSpecification',
  'SourceUri',
  'ModelCard',
  'ModelLifeCycle',
  'ModelPackageRegistrationType',
]

export const updatePackage: Operation = (call, input) => {
  if (!parseArn(input.ModelPackageArn)) throw invalid('ModelPackageArn must be an ARN.')
  const { state, found } = findPackage(call, input.ModelPackageArn, 'sagemaker:UpdateModelPackage')
  const removed: readonly string[] = input.CustomerMetadataPropertiesToRemove ?? []
  const metadata = { ...found.input.CustomerMetadataProperties, ...input.CustomerMetadataProperties }
  for (const key of removed) delete metadata[key]
  found.input = {
    ...found.input,
    ...Object.fromEntries(
      REPLACED.filter((member) => input[member] !== undefined).map((member) => [member, input[member]]),
    ),
    CustomerMetadataProperties: Object.keys(metadata).length ? metadata : undefined,
    ...(input.AdditionalInferenceSpecificationsToAdd
      ? {
          AdditionalInferenceSpecifications: [
            ...(found.input.AdditionalInferenceSpecifications ?? []),
            ...input.AdditionalInferenceSpecificationsToAdd,
          ],
        }
      : {}),
  }
  found.modifiedAt = call.world.clock.now()
  emitChange(call.world, state, found)
  return { ModelPackageArn: found.arn }
}

export const deletePackage: Operation = (call, input) => {
  const { state, found } = findPackage(call, input.ModelPackageName, 'sagemaker:DeleteModelPackage')
  state.packages.delete(found.arn)
  state.tags.delete(found.arn)
  return {}
}
