import { AwsError, type Call } from '../core/types.ts'
import { pageOf } from './images.ts'
import { arnOf, makeRepository, openRepository, registryOf, uriOf, type Repository } from './state.ts'

type Input = Readonly<Record<string, any>>

const describe = (repository: Repository) => ({
  repositoryArn: arnOf(repository),
  registryId: repository.accountId,
  repositoryName: repository.name,
  repositoryUri: uriOf(repository),
  createdAt: new Date(repository.created),
  imageTagMutability: repository.mutability,
  imageScanningConfiguration: { scanOnPush: false },
  encryptionConfiguration: { encryptionType: 'AES256' },
})

const open = (call: Call, input: Input) => openRepository(call, input as { repositoryName: string })

const describeRepositories = (call: Call, input: Input) => {
  if (input.repositoryNames) {
    const named = (input.repositoryNames as readonly string[]).map((repositoryName) =>
      open(call, { ...input, repositoryName }),
    )
    return { repositories: named.map(describe) }
  }
  const registryId: string = input.registryId ?? call.accountId
  if (registryId !== call.accountId) {
    throw new AwsError(
      'AccessDeniedException',
      `User: ${call.principal.arn} is not authorized to perform: ecr:DescribeRepositories on resource: arn:aws:ecr:${call.region}:${registryId}:repository/*`,
    )
  }
  const all = [...registryOf(call.world, registryId, call.region).repositories.values()]
  const { page, nextToken } = pageOf(all, input.nextToken, input.maxResults)
  return { repositories: page.map(describe), nextToken }
}

const createRepository = (call: Call, input: Input) => {
  const name: string = input.repositoryName
  if (registryOf(call.world, call.accountId, call.region).repositories.has(name)) {
    throw new AwsError(
      'RepositoryAlreadyExistsException',
      `The repository with name '${name}' already exists in the registry with id '${call.accountId}'`,
    )
  }
  const identity = { name, accountId: call.accountId, region: call.region }
  const settings = { mutability: input.imageTagMutability ?? 'MUTABLE', resourceTags: input.tags ?? [] }
  return { repository: describe(makeRepository(call.world, identity, settings)) }
}

const deleteRepository = (call: Call, input: Input) => {
  const repository = open(call, input)
  if (repository.images.size > 0 && !input.force) {
    throw new AwsError(
      'RepositoryNotEmptyException',
      `The repository with name '${repository.name}' in registry with id '${repository.accountId}' cannot be deleted because it still contains images`,
    )
  }
  registryOf(call.world, repository.accountId, repository.region).repositories.delete(repository.name)
  return { repository: describe(repository) }
}

const policyMissing = (repository: Repository, kind: 'RepositoryPolicy' | 'LifecyclePolicy') =>
  new AwsError(
    `${kind}NotFoundException`,
    `${kind === 'LifecyclePolicy' ? 'Lifecycle policy' : 'Repository policy'} does not exist for the repository with name '${repository.name}' in the registry with id '${repository.accountId}'`,
  )

const readText = (text: string, name: string): string => {
  try {
    JSON.parse(text)
    return text
  } catch {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at '${name}' failed to satisfy constraint: 'Invalid JSON'`,
    )
  }
}

const named = ({ accountId, name }: Repository) => ({ registryId: accountId, repositoryName: name })

/** Repositories and their policies. */
export const repositoryOperations = {
  DescribeRepositories: describeRepositories,
  CreateRepository: createRepository,
  DeleteRepository: deleteRepository,
  PutImageTagMutability: (call: Call, input: Input) => {
    const repository = open(call, input)
    repository.mutability = input.imageTagMutability
    return { ...named(repository), imageTagMutability: repository.mutability }
  },
  SetRepositoryPolicy: (call: Call, input: Input) => {
    const repository = open(call, input)
    repository.policy = readText(input.policyText, 'PolicyText')
    return { ...named(repository), policyText: repository.policy }
  },
  GetRepositoryPolicy: (call: Call, input: Input) => {
    const repository = open(call, input)
    if (repository.policy === undefined) throw policyMissing(repository, 'RepositoryPolicy')
    return { ...named(repository), policyText: repository.policy }
  },
  DeleteRepositoryPolicy: (call: Call, input: Input) => {
    const repository = open(call, input)
    if (repository.policy === undefined) throw policyMissing(repository, 'RepositoryPolicy')
    const policyText = repository.policy
    repository.policy = undefined
    return { ...named(repository), policyText }
  },
  PutLifecyclePolicy: (call: Call, input: Input) => {
    const repository = open(call, input)
    repository.lifecyclePolicy = readText(input.lifecyclePolicyText, 'LifecyclePolicyText')
    return { ...named(repository), lifecyclePolicyText: repository.lifecyclePolicy }
  },
  GetLifecyclePolicy: (call: Call, input: Input) => {
    const repository = open(call, input)
    if (repository.lifecyclePolicy === undefined) throw policyMissing(repository, 'LifecyclePolicy')
    return { ...named(repository), lifecyclePolicyText: repository.lifecyclePolicy }
  },
  DeleteLifecyclePolicy: (call: Call, input: Input) => {
    const repository = open(call, input)
    if (repository.lifecyclePolicy === undefined) throw policyMissing(repository, 'LifecyclePolicy')
    const lifecyclePolicyText = repository.lifecyclePolicy
    repository.lifecyclePolicy = undefined
    return { ...named(repository), lifecyclePolicyText }
  },
  DescribeRegistry: (call: Call) => ({
    registryId: call.accountId,
    replicationConfiguration: { rules: registryOf(call.world, call.accountId, call.region).rules },
  }),
  PutReplicationConfiguration: (call: Call, input: Input) => {
    registryOf(call.world, call.accountId, call.region).rules = input.replicationConfiguration.rules
    return { replicationConfiguration: input.replicationConfiguration }
  },
}
