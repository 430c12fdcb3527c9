import { AwsError, type Call, type World } from '../core/types.ts'
import { allows } from './policy.ts'

/** An image by its digest; the manifest is kept byte for byte, because the digest is that of its bytes. */
export interface StoredImage {
  readonly digest: string
  readonly manifest: string
  readonly mediaType: string
  readonly pushed: number
  readonly pulled?: number
  /** Where ECR replicates it to, and how far that is. */
  readonly replication: Map<string, Replication>
}

export interface Replication {
  readonly region: string
  readonly registryId: string
  readonly status: 'IN_PROGRESS' | 'COMPLETE' | 'FAILED'
}

export interface LayerUpload {
  readonly id: string
  readonly parts: Buffer[]
  received: number
}

/** A private repository of one account and Region. */
export interface Repository {
  readonly name: string
  readonly accountId: string
  readonly region: string
  readonly created: number
  mutability: string
  policy: string | undefined
  lifecyclePolicy: string | undefined
  readonly images: Map<string, StoredImage>
  /** Tag → digest. */
  readonly tags: Map<string, string>
  readonly layers: Map<string, Buffer>
  readonly uploads: Map<string, LayerUpload>
  readonly resourceTags: readonly { readonly Key: string; readonly Value: string }[]
}

/** One rule of a registry's replication configuration. */
export interface ReplicationRule {
  readonly destinations: readonly { readonly region: string; readonly registryId: string }[]
  readonly repositoryFilters?: readonly { readonly filter: string; readonly filterType: string }[]
}

/** All of one account's repositories in one Region. */
export interface Registry {
  readonly repositories: Map<string, Repository>
  rules: readonly ReplicationRule[]
  /** Sandbox seconds that a replication takes. */
  replicationSeconds: number
}

export const registryOf = (world: World, accountId: string, region: string): Registry =>
  world.state('ecr', accountId, region, () => ({
    repositories: new Map(),
    rules: [],
    replicationSeconds: 30,
  }))

export const listRepositories = (world: World): readonly Repository[] =>
  world.states<Registry>('ecr').flatMap(({ state }) => [...state.repositories.values()])

export const arnOf = (repository: Pick<Repository, 'name' | 'accountId' | 'region'>): string =>
  `arn:aws:ecr:${repository.region}:${repository.accountId}:repository/${repository.name}`

/** The host and path that images of a repository are pulled by. */
export const uriOf = ({
  name,
  accountId,
  region,
}: Pick<Repository, 'name' | 'accountId' | 'region'>): string =>
  `${accountId}.dkr.ecr.${region}.amazonaws.com/${name}`

/** An empty repository, added to its registry. */
export const makeRepository = (
  world: World,
  identity: Pick<Repository, 'name' | 'accountId' | 'region'>,
  settings: Partial<Pick<Repository, 'mutability' | 'policy' | 'lifecyclePolicy' | 'resourceTags'>> = {},
): Repository => {
  const repository: Repository = {
    created: world.clock.now(),
    mutability: 'MUTABLE',
    policy: undefined,
    lifecyclePolicy: undefined,
    images: new Map(),
    tags: new Map(),
    layers: new Map(),
    uploads: new Map(),
    resourceTags: [],
    ...settings,
    ...identity,
  }
  registryOf(world, identity.accountId, identity.region).repositories.set(repository.name, repository)
  return repository
}

/**
 * The repository of a request, in the caller's registry or in that of `registryId`. Throws RepositoryNotFoundException,
 * or AccessDeniedException when it is another account's and its policy does not allow the operation.
 */
export const openRepository = (
  call: Call,
  input: { readonly registryId?: string; readonly repositoryName: string },
): Repository => {
  const registryId = input.registryId ?? call.accountId
  const repository = registryOf(call.world, registryId, call.region).repositories.get(input.repositoryName)
  const action = `ecr:${call.operation}`
  if (registryId !== call.accountId && (!repository || !allows(repository.policy, call.accountId, action))) {
    const resource = arnOf({ name: input.repositoryName, accountId: registryId, region: call.region })
    throw new AwsError(
      'AccessDeniedException',
      `User: ${call.principal.arn} is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy allows the ${action} action`,
    )
  }
  if (repository) return repository
  throw new AwsError(
    'RepositoryNotFoundException',
    `The repository with name '${input.repositoryName}' does not exist in the registry with id '${registryId}'`,
  )
}

export const tagsOf = (repository: Repository, digest: string): readonly string[] =>
  [...repository.tags].filter(([, tagged]) => tagged === digest).map(([tag]) => tag)
