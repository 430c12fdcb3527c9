import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { World } from '../core/types.ts'
import { deepLearningAccount } from './aws-registry.ts'
import { digestOf, MEDIA, type Descriptor } from './manifest.ts'
import { pullPolicy } from './policy.ts'
import { makeRepository, registryOf, type ReplicationRule, type Repository } from './state.ts'

/** One layer: text, base64 bytes, or `size` random bytes. */
export interface LayerSeed {
  readonly text?: string
  readonly base64?: string
  readonly size?: number
}

/** One image; with `platforms` it is an index with an image for each (`linux/amd64`), all under the same tags. */
export interface ImageSeed {
  readonly tags?: readonly string[]
  readonly layers?: readonly LayerSeed[]
  readonly labels?: Readonly<Record<string, string>>
  readonly platforms?: readonly string[]
  /** Default docker. */
  readonly format?: 'docker' | 'oci'
}

/** One repository; named again, its settings stay and its images are added. */
export interface RepositorySeed {
  readonly name: string
  readonly account: string
  readonly region: string
  readonly immutableTags?: boolean
  /** Accounts that may pull, or `*`. */
  readonly pullers?: readonly string[]
  readonly policy?: object
  readonly lifecyclePolicy?: object
  readonly images?: readonly ImageSeed[]
}

/** An image in AWS's own Deep Learning registry of each of these Regions. */
export interface AwsImageSeed {
  readonly repository: string
  readonly tag: string
  readonly regions: readonly string[]
  /** Makes each Region's image its own build, with another digest. */
  readonly rebuiltPerRegion?: boolean
}

/** The replication of one registry. */
export interface RegistrySeed {
  readonly account: string
  readonly region: string
  readonly replication: readonly ReplicationRule[]
  readonly replicationSeconds?: number
}

const bytesOf = ({ text, base64, size = 64 }: LayerSeed): Buffer => {
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return text === undefined ? randomBytes(size) : gzipSync(Buffer.from(text))
}

const keepBlob = (repository: Repository, bytes: Buffer, mediaType: string): Descriptor => {
  const digest = digestOf(bytes)
  repository.layers.set(digest, bytes)
  return { mediaType, size: bytes.length, digest }
}

const keepManifest = (world: World, repository: Repository, mediaType: string, value: object): string => {
  const manifest = JSON.stringify(value, null, 3)
  const digest = digestOf(manifest)
  repository.images.set(digest, {
    digest,
    manifest,
    mediaType,
    pushed: world.clock.now(),
    replication: new Map(),
  })
  return digest
}

const plantOne = (world: World, repository: Repository, seed: ImageSeed, platform: string): string => {
  const oci = seed.format === 'oci'
  const [os, architecture] = platform.split('/')
  const layers = (seed.layers ?? [{ text: 'a layer' }]).map(bytesOf)
  const config = {
    architecture,
    os,
    config: { Labels: seed.labels ?? {} },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => digestOf(layer)) },
  }
  const mediaType = oci ? MEDIA.ociManifest : MEDIA.dockerManifest
  return keepManifest(world, repository, mediaType, {
    schemaVersion: 2,
    mediaType,
    config: keepBlob(
      repository,
      Buffer.from(JSON.stringify(config)),
      oci ? MEDIA.ociConfig : MEDIA.dockerConfig,
    ),
    layers: layers.map((layer) => keepBlob(repository, layer, oci ? MEDIA.ociLayer : MEDIA.dockerLayer)),
  })
}

/** Pushes a small real image: config, layers and manifest with true digests. Returns the digest of what the tags name. */
export const plantImage = (world: World, repository: Repository, seed: ImageSeed): string => {
  const { platforms, tags = [] } = seed
  let digest: string
  if (platforms) {
    const mediaType = seed.format === 'oci' ? MEDIA.ociIndex : MEDIA.dockerList
    const manifests = platforms.map((platform) => {
      const child = plantOne(world, repository, seed, platform)
      const [os, architecture] = platform.split('/')
      const { manifest, mediaType: childType } = repository.images.get(child)!
      return {
        mediaType: childType,
        size: Buffer.byteLength(manifest),
        digest: child,
        platform: { os, architecture },
      }
    })
    digest = keepManifest(world, repository, mediaType, { schemaVersion: 2, mediaType, manifests })
  } else digest = plantOne(world, repository, seed, 'linux/amd64')
  for (const tag of tags) repository.tags.set(tag, digest)
  return digest
}

/** Makes a repository if it is new, and its images. */
export const plantRepository = (world: World, seed: RepositorySeed): Repository => {
  const { name, account, region, immutableTags, pullers, policy, lifecyclePolicy, images = [] } = seed
  if (!name || !/^\d{12}$/.test(account ?? '') || !region) {
    throw new RangeError(
      `repository ${name}: needs name, account (12 digits, found ${account}) and region (found ${region})`,
    )
  }
  const repository =
    registryOf(world, account, region).repositories.get(name) ??
    makeRepository(
      world,
      { name, accountId: account, region },
      {
        mutability: immutableTags ? 'IMMUTABLE' : 'MUTABLE',
        policy: policy ? JSON.stringify(policy) : pullers && pullPolicy(pullers),
        lifecyclePolicy: lifecyclePolicy && JSON.stringify(lifecyclePolicy),
      },
    )
  for (const image of images) plantImage(world, repository, image)
  return repository
}

/** Puts an AWS-owned image into every Region's own registry, where everyone may pull it. */
export const plantAwsImage = (world: World, seed: AwsImageSeed): void => {
  for (const region of seed.regions) {
    const build = seed.rebuiltPerRegion
      ? `${seed.repository}:${seed.tag} in ${region}`
      : `${seed.repository}:${seed.tag}`
    plantRepository(world, {
      name: seed.repository,
      account: deepLearningAccount(region),
      region,
      pullers: ['*'],
      images: [{ tags: [seed.tag], layers: [{ text: build }] }],
    })
  }
}

export const plantRegistry = (world: World, seed: RegistrySeed): void => {
  const registry = registryOf(world, seed.account, seed.region)
  registry.rules = seed.replication
  registry.replicationSeconds = seed.replicationSeconds ?? registry.replicationSeconds
}
