import { DescribeRepositoriesCommand, GetLifecyclePolicyCommand } from '@aws-sdk/client-ecr'
import { HeadBucketCommand } from '@aws-sdk/client-s3'
import { templateValues } from '../../rollout/document/targets.ts'
import { expandTemplate } from '../../rollout/document/templates.ts'
import type { Document } from '../../rollout/document/types.ts'
import type { BucketFacts, ImageFacts, RepositoryFacts, Unreadable } from '../../rollout/facts.ts'
import type { Place } from '../../rollout/target.ts'
import { inParallel } from '../aws/in-parallel.ts'
import { isNotFound } from '../aws/predicates.ts'
import { copyTag } from '../replication/push-image.ts'
import { parseS3 } from '../replication/s3-address.ts'
import { expiringRule } from './lifecycle-rules.ts'
import { isUnreadable, readable, type Reading } from './reading.ts'

/** Where copies go in one place. */
export interface DestinationFacts {
  readonly bucket?: BucketFacts
  readonly repositories: Readonly<Record<string, RepositoryFacts>>
}

/** The bucket and repositories that the document's templates name in one account and Region. */
export async function readDestinations(
  reading: Reading,
  document: Document,
  place: Place,
  images: Readonly<Record<string, ImageFacts | Unreadable>>,
): Promise<DestinationFacts> {
  const { artifacts, images: mode = 'none' } = document.replicate ?? {}
  const pushed = mode === 'none' ? [] : Object.values(images).flatMap(ownImage)
  const [bucket, repositories] = await Promise.all([
    artifacts
      ? readBucket(reading, place, expandTemplate(artifacts, templateValues(document, place)))
      : undefined,
    inParallel(
      pushed,
      4,
      async (image) => [image.repository, await readRepository(reading, place, image)] as const,
    ),
  ])
  return { ...(bucket && { bucket }), repositories: Object.fromEntries(repositories) }
}

function ownImage(image: ImageFacts | Unreadable): ImageFacts[] {
  return isUnreadable(image) || image.kind !== 'ecr' ? [] : [image]
}

/** A bucket as a place to write to: there, of that account, and in that Region. */
export async function readBucket(
  reading: Reading,
  place: Place,
  uri: string,
  { anyRegion = false } = {},
): Promise<BucketFacts> {
  const { bucket: name } = parseS3(uri)
  const found = await readable(reading, async () => {
    try {
      const { BucketRegion: region } = await reading.aws
        .s3(place, reading.session)
        .send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: place.accountId }))
      return { exists: true, region }
    } catch (error) {
      if (isNotFound(error)) return { exists: false, region: undefined }
      throw error
    }
  })
  if (isUnreadable(found)) return { name, exists: true, problem: found.unreadable }
  const { exists, region } = found
  if (anyRegion || !region || region === place.region) return { name, exists }
  return { name, exists, problem: `it is in ${region} and must be in ${place.region}` }
}

async function readRepository(reading: Reading, place: Place, image: ImageFacts): Promise<RepositoryFacts> {
  const ecr = reading.aws.ecr(place, reading.session)
  const { repository: name } = image
  const found = await readable(reading, async (): Promise<RepositoryFacts> => {
    try {
      await ecr.send(
        new DescribeRepositoriesCommand({ registryId: place.accountId, repositoryNames: [name] }),
      )
    } catch (error) {
      if (isNotFound(error)) return { exists: false }
      throw error
    }
    const policy = await readPolicy()
    const expires = policy && expiringRule(policy, copyTag(image.digest))
    return { exists: true, ...(expires && { expires }) }
  })
  return isUnreadable(found) ? { exists: true, problem: found.unreadable } : found

  async function readPolicy(): Promise<string | undefined> {
    try {
      const answer = await ecr.send(
        new GetLifecyclePolicyCommand({ registryId: place.accountId, repositoryName: name }),
      )
      return answer.lifecyclePolicyText
    } catch (error) {
      if (isNotFound(error)) return undefined
      throw error
    }
  }
}
