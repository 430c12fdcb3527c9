import type { World } from '../core/types.ts'
import { blobsOf, parseManifest } from './manifest.ts'
import { makeRepository, registryOf, type Repository, type StoredImage } from './state.ts'

const arrive = (
  world: World,
  source: Repository,
  image: StoredImage,
  tag: string | undefined,
  to: { region: string; registryId: string },
) => {
  const target = { name: source.name, accountId: to.registryId, region: to.region }
  const repository =
    registryOf(world, to.registryId, to.region).repositories.get(source.name) ?? makeRepository(world, target)
  for (const { digest } of blobsOf(parseManifest(image.manifest))) {
    const layer = source.layers.get(digest)
    if (layer) repository.layers.set(digest, layer)
  }
  repository.images.set(image.digest, { ...image, pushed: world.clock.now(), replication: new Map() })
  if (tag !== undefined) repository.tags.set(tag, image.digest)
}

/**
 * Sends a pushed image where the registry's rules say. It arrives after the registry's `replicationSeconds` of sandbox
 * time; the fault kind `replication-failed` makes it FAILED instead.
 */
export const replicate = (
  world: World,
  repository: Repository,
  image: StoredImage,
  tag: string | undefined,
): void => {
  const { name, accountId, region } = repository
  const registry = registryOf(world, accountId, region)
  const rules = registry.rules.filter(
    ({ repositoryFilters }) =>
      !repositoryFilters?.length || repositoryFilters.some(({ filter }) => name.startsWith(filter)),
  )
  for (const to of rules.flatMap((rule) => rule.destinations)) {
    const key = `${to.registryId}/${to.region}`
    image.replication.set(key, { ...to, status: 'IN_PROGRESS' })
    world.clock.after(registry.replicationSeconds * 1000, () => {
      const failed = world.takeFault('replication-failed', {
        service: 'ecr',
        accountId,
        region: to.region,
        name,
      })
      if (!failed) arrive(world, repository, image, tag, to)
      image.replication.set(key, { ...to, status: failed ? 'FAILED' : 'COMPLETE' })
    })
  }
}
