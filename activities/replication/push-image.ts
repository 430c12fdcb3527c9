import {
  BatchCheckLayerAvailabilityCommand,
  CreateRepositoryCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr'
import { inParallel } from '../aws/in-parallel.ts'
import { awsAnswer, isAlreadyExists, isNotFound } from '../aws/predicates.ts'
import { fail } from '../failure.ts'
import { copyLayer } from './copy-layer.ts'
import { readManifest, type Blob, type Manifest, type Repository } from './manifest.ts'

/** How an image's copy is told of what it does. */
export interface PushProgress {
  readonly onBytes: (bytes: number) => void
  readonly onBlob: (how: 'copied' | 'skipped') => void
}

const LAYERS_AT_A_TIME = 3
const MOST_DIGESTS = 100

/** `sluice-<first 12 digits of the digest>`: says whose it is, and keeps the image from rules that expire what is untagged. */
export function copyTag(digest: string): string {
  return `sluice-${digest.replace(/^sha256:/, '').slice(0, 12)}`
}

/** Makes the repository with ECR's own defaults and our tags, unless it exists. */
export async function ensureRepository(
  { ecr, registryId, name }: Repository,
  rolloutId: string,
): Promise<void> {
  try {
    await ecr.send(
      new CreateRepositoryCommand({
        registryId,
        repositoryName: name,
        tags: [{ Key: 'sluice:rollout', Value: rolloutId }],
      }),
    )
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
  }
}

/**
 * Pushes an image that is read in `from`, its children before itself, with the bytes of every manifest unchanged, so that
 * digests stay what they are. Only the image itself is tagged.
 */
export async function pushImage(
  from: Repository,
  to: Repository,
  manifest: Manifest,
  progress: PushProgress,
  tag: string | undefined = copyTag(manifest.digest),
): Promise<void> {
  for (const child of manifest.children) {
    const found = await readManifest(from, { imageDigest: child })
    // An index may list platforms that nobody copied to the source; ECR then refuses the index and says which.
    if (found) await pushImage(from, to, found, progress, '')
  }
  await pushBlobs(from, to, manifest.blobs, progress)
  try {
    await putImage(to, manifest, tag)
  } catch (error) {
    if (awsAnswer(error)?.name !== 'LayersNotFoundException') throw error
    // A layer that was there may have been cleaned away before the manifest held it.
    await pushBlobs(from, to, manifest.blobs, progress)
    await putImage(to, manifest, tag)
  }
}

async function putImage({ ecr, registryId, name }: Repository, manifest: Manifest, tag: string | undefined) {
  try {
    await ecr.send(
      new PutImageCommand({
        registryId,
        repositoryName: name,
        imageManifest: manifest.text,
        imageManifestMediaType: manifest.mediaType || undefined,
        imageDigest: manifest.digest,
        ...(tag && { imageTag: tag }),
      }),
    )
  } catch (error) {
    const code = awsAnswer(error)?.name
    if (code === 'ImageAlreadyExistsException') return
    if (code === 'ImageTagAlreadyExistsException') {
      throw fail(
        'Conflict',
        `ECR ${registryId}/${name}: the tag ${tag} is immutable and belongs to another image than ${manifest.digest}. Delete that tag.`,
        { cause: error },
      )
    }
    throw error
  }
}

async function pushBlobs(from: Repository, to: Repository, blobs: readonly Blob[], progress: PushProgress) {
  const missing = new Set(
    await missingLayers(
      to,
      blobs.map(({ digest }) => digest),
    ),
  )
  await inParallel(blobs, LAYERS_AT_A_TIME, async (blob) => {
    if (missing.has(blob.digest)) progress.onBlob(await copyLayer(from, to, blob, progress.onBytes))
    else {
      progress.onBytes(blob.bytes)
      progress.onBlob('skipped')
    }
  })
}

async function missingLayers(
  { ecr, registryId, name }: Repository,
  digests: readonly string[],
): Promise<string[]> {
  const missing: string[] = []
  for (let at = 0; at < digests.length; at += MOST_DIGESTS) {
    const layerDigests = digests.slice(at, at + MOST_DIGESTS)
    const { layers = [] } = await ecr.send(
      new BatchCheckLayerAvailabilityCommand({ registryId, repositoryName: name, layerDigests }),
    )
    const available = new Set(
      layers.filter((layer) => layer.layerAvailability === 'AVAILABLE').map((layer) => layer.layerDigest),
    )
    missing.push(...layerDigests.filter((digest) => !available.has(digest)))
  }
  return missing
}

/** The image at the destination, or undefined; a repository that does not exist holds none. */
export async function findImage(repository: Repository, digest: string): Promise<Manifest | undefined> {
  try {
    return await readManifest(repository, { imageDigest: digest })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
