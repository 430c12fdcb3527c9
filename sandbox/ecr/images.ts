import { AwsError, type Call } from '../core/types.ts'
import { blobsOf, digestOf, mediaTypeOf, parseManifest, type Manifest } from './manifest.ts'
import { replicate } from './replication.ts'
import { openRepository, tagsOf, type Repository, type StoredImage } from './state.ts'

type Input = Readonly<Record<string, any>>

interface ImageId {
  readonly imageDigest?: string
  readonly imageTag?: string
}

/** The image of a digest or tag, or ECR's failure code. */
export const findImage = (
  repository: Repository,
  { imageDigest, imageTag }: ImageId,
): StoredImage | string => {
  if (imageDigest === undefined && imageTag === undefined) return 'MissingDigestAndTag'
  const tagged = imageTag === undefined ? undefined : repository.tags.get(imageTag)
  if (imageTag !== undefined && tagged === undefined) return 'ImageNotFound'
  if (imageDigest !== undefined && tagged !== undefined && imageDigest !== tagged)
    return 'ImageTagDoesNotMatchDigest'
  return repository.images.get(imageDigest ?? tagged ?? '') ?? 'ImageNotFound'
}

const REASONS: Readonly<Record<string, string>> = {
  ImageNotFound: 'Requested image not found',
  MissingDigestAndTag: 'Invalid request parameters: both tag and digest cannot be null',
  ImageTagDoesNotMatchDigest: 'Requested tag does not match the requested digest',
}

const failureOf = (imageId: ImageId, failureCode: string) => ({
  imageId,
  failureCode,
  failureReason: REASONS[failureCode],
})

/** Missing images are data in `failures`, not an error. */
export const batchGetImage = (call: Call, input: Input) => {
  const repository = openRepository(call, input as { repositoryName: string })
  const accepted: readonly string[] | undefined = input.acceptedMediaTypes
  const images: object[] = []
  const failures: object[] = []
  for (const imageId of input.imageIds as readonly ImageId[]) {
    const found = findImage(repository, imageId)
    const wanted =
      typeof found === 'string' || !accepted || accepted.includes(found.mediaType) ? found : 'ImageNotFound'
    if (typeof wanted === 'string') failures.push(failureOf(imageId, wanted))
    else {
      repository.images.set(wanted.digest, { ...wanted, pulled: call.world.clock.now() })
      images.push({
        registryId: repository.accountId,
        repositoryName: repository.name,
        imageId: { imageDigest: wanted.digest, imageTag: imageId.imageTag },
        imageManifest: wanted.manifest,
        imageManifestMediaType: wanted.mediaType,
      })
    }
  }
  return { images, failures }
}

const sizeOf = (repository: Repository, manifest: Manifest): number =>
  blobsOf(manifest).reduce((sum, blob) => sum + (repository.layers.get(blob.digest)?.length ?? 0), 0)

const describe = (repository: Repository, image: StoredImage) => {
  const tags = tagsOf(repository, image.digest)
  return {
    registryId: repository.accountId,
    repositoryName: repository.name,
    imageDigest: image.digest,
    imageTags: tags.length > 0 ? tags : undefined,
    imageSizeInBytes: sizeOf(repository, parseManifest(image.manifest)),
    imagePushedAt: new Date(image.pushed),
    imageManifestMediaType: image.mediaType,
    lastRecordedPullTime: image.pulled === undefined ? undefined : new Date(image.pulled),
  }
}

const notFound = (repository: Repository, { imageDigest, imageTag }: ImageId) =>
  new AwsError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'} does not exist within the repository with name '${repository.name}' in the registry with id '${repository.accountId}'`,
  )

/** The page of a list after `token`, which is the index to go on from. */
export const pageOf = <T>(all: readonly T[], token: string | undefined, most = 100) => {
  const from = Number(token ?? 0)
  const nextToken = from + most < all.length ? String(from + most) : undefined
  return { page: all.slice(from, from + most), nextToken }
}

/** Images by id (a missing one is an error here), or all of them in pages. */
export const describeImages = (call: Call, input: Input) => {
  const repository = openRepository(call, input as { repositoryName: string })
  if (input.imageIds) {
    const found = (input.imageIds as readonly ImageId[]).map((imageId) => {
      const image = findImage(repository, imageId)
      if (typeof image === 'string') throw notFound(repository, imageId)
      return describe(repository, image)
    })
    return { imageDetails: found }
  }
  const status: string = input.filter?.tagStatus ?? 'ANY'
  const all = [...repository.images.values()].filter((image) => {
    const tagged = tagsOf(repository, image.digest).length > 0
    return status === 'ANY' || (status === 'TAGGED') === tagged
  })
  const { page, nextToken } = pageOf(all, input.nextToken, input.maxResults)
  return { imageDetails: page.map((image) => describe(repository, image)), nextToken }
}

export const listImages = (call: Call, input: Input) => {
  const repository = openRepository(call, input as { repositoryName: string })
  const all = [...repository.images.keys()].flatMap((imageDigest): ImageId[] => {
    const tags = tagsOf(repository, imageDigest)
    return tags.length > 0 ? tags.map((imageTag) => ({ imageDigest, imageTag })) : [{ imageDigest }]
  })
  const { page, nextToken } = pageOf(all, input.nextToken, input.maxResults)
  return { imageIds: page, nextToken }
}

const refuseMissing = (repository: Repository, manifest: Manifest) => {
  const where = `required for pushing image into repository with name '${repository.name}' in the registry with id '${repository.accountId}' do not exist`
  const blobs = blobsOf(manifest).filter(({ digest }) => !repository.layers.has(digest))
  if (blobs.length > 0) {
    throw new AwsError(
      'LayersNotFoundException',
      `Layers with digests '[${blobs.map((one) => one.digest).join(', ')}]' ${where}`,
    )
  }
  const children = (manifest.manifests ?? []).filter(({ digest }) => !repository.images.has(digest))
  if (children.length > 0) {
    const digests = children.map((one) => one.digest).join(', ')
    throw new AwsError('ReferencedImagesNotFoundException', `Images with digests '[${digests}]' ${where}`)
  }
}

const refuseTaken = (repository: Repository, digest: string, tag: string | undefined) => {
  const tagged = tag === undefined ? undefined : repository.tags.get(tag)
  if (repository.images.has(digest) && (tag === undefined || tagged === digest)) {
    throw new AwsError(
      'ImageAlreadyExistsException',
      `Image with digest '${digest}' and tag '${tag ?? 'null'}' already exists in the repository with name '${repository.name}' in registry with id '${repository.accountId}'`,
    )
  }
  if (tagged !== undefined && tagged !== digest && repository.mutability.startsWith('IMMUTABLE')) {
    throw new AwsError(
      'ImageTagAlreadyExistsException',
      `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
    )
  }
}

/** Keeps a manifest under the digest of its bytes; everything it refers to must be there already. */
export const putImage = (call: Call, input: Input) => {
  const repository = openRepository(call, input as { repositoryName: string })
  const text: string = input.imageManifest
  const invalid = (why: string) =>
    new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'imageManifest' failed to satisfy constraint: '${why}'`,
    )
  let manifest: Manifest
  try {
    manifest = parseManifest(text)
  } catch {
    throw invalid('Invalid JSON syntax')
  }
  if (!manifest.manifests && !manifest.layers) throw invalid('must be an image manifest or an image index')
  if (
    input.imageManifestMediaType &&
    manifest.mediaType &&
    input.imageManifestMediaType !== manifest.mediaType
  ) {
    throw invalid(
      `mediaType in manifest should be '${input.imageManifestMediaType}' not '${manifest.mediaType}'`,
    )
  }
  const digest = digestOf(text)
  if (input.imageDigest !== undefined && input.imageDigest !== digest) {
    throw new AwsError(
      'ImageDigestDoesNotMatchException',
      'The provided imageDigest does not match the digest calculated by Amazon ECR for the image',
    )
  }
  refuseMissing(repository, manifest)
  refuseTaken(repository, digest, input.imageTag)
  const image: StoredImage = repository.images.get(digest) ?? {
    digest,
    manifest: text,
    mediaType: mediaTypeOf(manifest, input.imageManifestMediaType),
    pushed: call.world.clock.now(),
    replication: new Map(),
  }
  repository.images.set(digest, image)
  if (input.imageTag !== undefined) repository.tags.set(input.imageTag, digest)
  replicate(call.world, repository, image, input.imageTag)
  return {
    image: {
      registryId: repository.accountId,
      repositoryName: repository.name,
      imageId: { imageDigest: digest, imageTag: input.imageTag },
      imageManifest: text,
      imageManifestMediaType: image.mediaType,
    },
  }
}

/** Removes an image with all its tags. */
export const removeImage = (repository: Repository, digest: string): void => {
  repository.images.delete(digest)
  for (const tag of tagsOf(repository, digest)) repository.tags.delete(tag)
}

const isReferenced = (repository: Repository, digest: string) =>
  [...repository.images.values()].some((image) =>
    parseManifest(image.manifest).manifests?.some((one) => one.digest === digest),
  )

/** By tag only the tag goes, and the image with its last one; by digest the image with all its tags. */
export const batchDeleteImage = (call: Call, input: Input) => {
  const repository = openRepository(call, input as { repositoryName: string })
  const gone: object[] = []
  const failures: object[] = []
  for (const imageId of input.imageIds as readonly ImageId[]) {
    const found = findImage(repository, imageId)
    if (typeof found === 'string') failures.push(failureOf(imageId, found))
    else if (imageId.imageDigest !== undefined && isReferenced(repository, found.digest)) {
      failures.push({
        imageId,
        failureCode: 'ImageReferencedByManifestList',
        failureReason: 'Requested image referenced by manifest list',
      })
    } else {
      if (imageId.imageTag !== undefined) repository.tags.delete(imageId.imageTag)
      if (imageId.imageDigest !== undefined || tagsOf(repository, found.digest).length === 0)
        removeImage(repository, found.digest)
      gone.push({ imageDigest: found.digest, imageTag: imageId.imageTag })
    }
  }
  return { imageIds: gone, failures }
}

export const describeImageReplicationStatus = (call: Call, input: Input) => {
  const repository = openRepository(call, input as { repositoryName: string })
  const image = findImage(repository, input.imageId)
  if (typeof image === 'string') throw notFound(repository, input.imageId)
  return {
    repositoryName: repository.name,
    imageId: input.imageId,
    replicationStatuses: [...image.replication.values()],
  }
}
