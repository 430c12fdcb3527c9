import {
  CreateModelCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  type CreateModelInput,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker'
import type { EnsureModel } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { isAlreadyExists } from '../aws/predicates.ts'
import { readTags } from '../aws/read-endpoint.ts'
import { fail } from '../failure.ts'
import { toContainers } from './containers.ts'
import { firstDifference } from './includes.ts'
import { isOurs, nameIn, ownerTags, toTagList } from './ownership.ts'
import { readJustMade } from './presence.ts'

/**
 * Creates the model from the package's raw containers, or accepts the same model that this rollout created before. New
 * permissions and copies may not be seen by SageMaker for minutes: Settling first, Denied if it lasts.
 */
export async function ensureModel(deps: Dependencies, input: EnsureModel): Promise<void> {
  const { aws } = deps
  const sagemaker = aws.sagemaker(input.target, input.rolloutId)
  const request = await modelRequest(aws.sagemaker(input.source.place, input.rolloutId), input)
  try {
    await sagemaker.send(new CreateModelCommand(request))
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    await acceptOwnModel(sagemaker, input, request)
  }
}

async function modelRequest(registry: SageMakerClient, input: EnsureModel): Promise<CreateModelInput> {
  const { model } = input
  const { InferenceSpecification } = await registry.send(
    new DescribeModelPackageCommand({ ModelPackageName: input.source.arn }),
  )
  const containers = toContainers(InferenceSpecification?.Containers ?? [], input.rewrites, model.environment)
  const [first] = containers
  if (!first) {
    throw fail(
      'Invalid',
      `model package ${input.source.arn} has no containers in its InferenceSpecification, so nothing can be served. ` +
        'Register a version with at least one container.',
    )
  }
  const severally = containers.length > 1 && model.invocation !== undefined
  const Mode = model.invocation === 'direct' ? 'Direct' : 'Serial'
  return {
    ModelName: input.name,
    ...(containers.length > 1 ? { Containers: containers } : { PrimaryContainer: first }),
    ...(severally && { InferenceExecutionConfig: { Mode } }),
    ExecutionRoleArn: model.executionRole,
    ...(model.vpc && {
      VpcConfig: { Subnets: [...model.vpc.subnets], SecurityGroupIds: [...model.vpc.securityGroups] },
    }),
    ...(model.networkIsolation !== undefined && { EnableNetworkIsolation: model.networkIsolation }),
    Tags: toTagList(ownerTags(input, input.tags)),
  }
}

async function acceptOwnModel(sagemaker: SageMakerClient, on: EnsureModel, request: CreateModelInput) {
  const what = nameIn(on, 'model', on.name)
  const found = await readJustMade(what, () =>
    sagemaker.send(new DescribeModelCommand({ ModelName: on.name })),
  )
  const { Tags: _, ...spec } = request
  if (!isOurs(on, await readTags(sagemaker, found.ModelArn!))) {
    throw fail('Conflict', `${what} exists already and was not made by this rollout. Delete or rename it.`)
  }
  const different = firstDifference(spec, found)
  if (different !== null) {
    throw fail('Conflict', `${what} was made by this rollout but differs from what it needs in ${different}.`)
  }
}
