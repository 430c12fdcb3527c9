import { AwsError, type Call, type Operation } from '../core/types.ts'
import { acceptsPort, imageProblem } from './images.ts'
import { listPage } from './listing.ts'
import { checkModelData } from './model-data.ts'
import { alreadyExists, arnOf, couldNotFind, invalid, parseArn, sameName } from './names.ts'
import { findPackage } from './packages.ts'
import { sageMakerState, type Model, type Wire } from './state.ts'
import { setTags } from './tags.ts'

/** The containers of a model as they were given. */
export const givenContainers = (input: Wire): readonly Wire[] =>
  input.Containers ?? (input.PrimaryContainer ? [input.PrimaryContainer] : [])

/**
 * The containers that really run: one that names a package becomes the package's own, with the environment of both.
 * Throws what CreateModel answers when the package may not be used; `approved: false` asks no approval, as a launch does.
 */
export const resolveContainers = (call: Call, input: Wire, { approved = true } = {}): readonly Wire[] =>
  givenContainers(input).flatMap((container) => {
    if (!container.ModelPackageName) return [container]
    const { found } = findPackage(call, container.ModelPackageName, 'sagemaker:CreateModel')
    if (found.status !== 'Completed') throw invalid(`Model Package ${found.arn} is not in Completed status.`)
    if (approved && found.group !== undefined && found.input.ModelApprovalStatus !== 'Approved') {
      throw invalid(
        `Model Package ${found.arn} is not approved: its ModelApprovalStatus is ${found.input.ModelApprovalStatus}.`,
      )
    }
    const wanted = container.InferenceSpecificationName
    const specification: Wire | undefined = wanted
      ? found.input.AdditionalInferenceSpecifications?.find((one: Wire) => one.Name === wanted)
      : found.input.InferenceSpecification
    if (!specification)
      throw invalid(`Model Package ${found.arn} has no inference specification${wanted ? ` ${wanted}` : ''}.`)
    return (specification.Containers as readonly Wire[]).map((inner) => ({
      ...inner,
      Environment: { ...inner.Environment, ...container.Environment },
    }))
  })

const checkContainers = (call: Call, input: Wire): void => {
  const containers = resolveContainers(call, input)
  for (const container of containers) {
    if (!container.Image) throw invalid('A container must have an Image or a ModelPackageName.')
    if (container.ModelDataUrl && container.ModelDataSource)
      throw invalid('ModelDataUrl and ModelDataSource cannot both be specified.')
    const image = imageProblem(call.world, container, call)
    if (image) throw invalid(image)
    if (containers.length > 1 && !acceptsPort(call.world, container.Image, call)) {
      throw invalid(
        `Your ECR image ${container.Image} is missing the label com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true, which is required for a model with several containers.`,
      )
    }
    const reader = { accountId: call.accountId, region: call.region, roleArn: input.ExecutionRoleArn }
    const problem = checkModelData(call.world, container, reader)
    if (!problem) continue
    throw invalid(
      `Could not access model data at ${problem.uri}. Please ensure that the role "${input.ExecutionRoleArn}" exists and that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the object is located in ${call.region}.`,
    )
  }
}

const checkShape = (input: Wire): void => {
  if ((input.PrimaryContainer === undefined) === (input.Containers === undefined)) {
    throw invalid('Exactly one of PrimaryContainer and Containers must be specified.')
  }
  if (!input.ExecutionRoleArn) throw invalid('ExecutionRoleArn is required.')
  const hostnames = givenContainers(input).flatMap((container) => container.ContainerHostname ?? [])
  if (new Set(hostnames).size !== hostnames.length)
    throw invalid('ContainerHostname must be unique in a model.')
  if (
    input.InferenceExecutionConfig?.Mode === 'Direct' &&
    hostnames.length !== givenContainers(input).length
  ) {
    throw invalid(
      'ContainerHostname is required for every container when InferenceExecutionConfig.Mode is Direct.',
    )
  }
}

/** Synchronous; checks what the containers refer to at once. */
export const createModel: Operation = (call, input) => {
  const state = sageMakerState(call.world, call.accountId, call.region)
  const name: string = input.ModelName
  if (sameName(state.models, name)) throw alreadyExists(state, 'model', name)
  checkShape(input)
  for (const container of givenContainers(input)) {
    const parsed = container.ModelPackageName && parseArn(container.ModelPackageName)
    if (parsed && parsed.region !== call.region)
      throw invalid(`ARN should be scoped to correct region: ${call.region}`)
  }
  checkContainers(call, input)
  const limit = call.world.takeFault('model-limit', {
    service: 'sagemaker',
    accountId: call.accountId,
    region: call.region,
    name,
  })
  if (limit)
    throw new AwsError('ResourceLimitExceeded', 'The account-level service limit for models is reached.')
  const { Tags, ...kept } = input
  const model: Model = {
    name,
    arn: arnOf(state, 'model', name),
    createdAt: call.world.clock.now(),
    input: kept,
  }
  state.models.set(name, model)
  setTags(state, model.arn, Tags)
  return { ModelArn: model.arn }
}

export const describeModel: Operation = (call, input) => {
  const state = sageMakerState(call.world, call.accountId, call.region)
  const model = state.models.get(input.ModelName)
  if (!model) throw couldNotFind(state, 'model', input.ModelName)
  return {
    EnableNetworkIsolation: false,
    ...model.input,
    ModelArn: model.arn,
    CreationTime: new Date(model.createdAt),
  }
}

/** Accepted even while an endpoint serves the model; its fleet then cannot be launched again. */
export const deleteModel: Operation = (call, input) => {
  const state = sageMakerState(call.world, call.accountId, call.region)
  const model = state.models.get(input.ModelName)
  if (!model) throw couldNotFind(state, 'model', input.ModelName)
  state.models.delete(model.name)
  state.tags.delete(model.arn)
  return {}
}

export const listModels: Operation = (call, input) => {
  const state = sageMakerState(call.world, call.accountId, call.region)
  const { page, token } = listPage(state.models.values(), input, { sortOrder: 'Descending' })
  return {
    Models: page.map((model) => ({
      ModelName: model.name,
      ModelArn: model.arn,
      CreationTime: new Date(model.createdAt),
    })),
    NextToken: token,
  }
}
