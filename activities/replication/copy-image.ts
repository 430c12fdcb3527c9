import { Context } from '@temporalio/activity'
import type { ImageCopy } from '../../rollout/plan/types.ts'
import type { Activities, CopyProgress, CopyResult } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { fail } from '../failure.ts'
import { heartbeating } from '../heartbeat.ts'
import { explainMissingReplica } from './await-replication.ts'
import { parseImage, type ImageAddress } from './image-address.ts'
import type { Manifest, Repository } from './manifest.ts'
import { ensureRepository, findImage, pushImage } from './push-image.ts'

const REPLICATION_POLL_MS = 15_000

/** Brings one image to one account and Region by its digest, or (`replicated`, `remap`, `none`) sees that it is there. */
export function createCopyImage({
  aws,
  clockRate,
}: Pick<Dependencies, 'aws' | 'clockRate'>): Activities['copyImage'] {
  return async ({ rolloutId, copy }) => {
    const source = addressOf(copy.source)
    const destination = addressOf(copy.destination)
    const from: Repository = {
      ecr: aws.ecr({ ...copy.from, region: source.region }, rolloutId),
      registryId: source.accountId,
      name: source.repository,
    }
    const to: Repository = {
      ecr: aws.ecr({ ...copy.to, region: destination.region }, rolloutId),
      registryId: destination.accountId,
      name: destination.repository,
    }
    const digest = destination.digest ?? copy.digest
    const there = await findImage(to, digest)
    if (there) return result(copy, there, there.blobs.length)
    switch (copy.mode) {
      case 'copy':
        return push(from, to, rolloutId, copy)
      case 'replicated':
        return explainMissingReplica(from, copy, REPLICATION_POLL_MS / clockRate)
      case 'remap':
      case 'none':
        throw fail(
          'NotFound',
          `${copy.destination} does not exist or cannot be read by account ${copy.to.accountId}. ${cures[copy.mode]}`,
        )
    }
  }
}

const cures = {
  remap: 'AWS does not offer this image there; choose one that exists in every Region of the rollout.',
  none: 'Push it there, or use replicate.images: copy.',
} as const

async function push(
  from: Repository,
  to: Repository,
  rolloutId: string,
  copy: ImageCopy,
): Promise<CopyResult> {
  const manifest = await findImage(from, copy.digest)
  if (!manifest) {
    throw fail(
      'SourceChanged',
      `${copy.source} no longer has the planned image ${copy.digest}. Push it again, register the model again and start a new rollout.`,
    )
  }
  let blobs = 0
  let bytes = 0
  let skipped = 0
  const progress = (): CopyProgress => ({
    objects: blobs,
    objectsTotal: Math.max(blobs, manifest.blobs.length),
    bytes: Math.min(bytes, copy.bytes),
    bytesTotal: copy.bytes,
  })
  return heartbeating(progress, async () => {
    await ensureRepository(to, rolloutId)
    await pushImage(from, to, manifest, {
      onBytes: (copied) => (bytes += copied),
      onBlob: (how) => {
        blobs++
        if (how === 'skipped') skipped++
        Context.current().heartbeat(progress())
      },
    })
    return { destination: copy.destination, objects: blobs, bytes, skipped }
  })
}

function result({ destination, bytes }: ImageCopy, { blobs }: Manifest, skipped: number): CopyResult {
  return { destination, objects: blobs.length, bytes, skipped }
}

function addressOf(image: string): ImageAddress {
  const address = parseImage(image)
  if (address) return address
  throw fail('Invalid', `${image} is not an image in Amazon ECR; SageMaker can run no other.`)
}
