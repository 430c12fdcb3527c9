import { HeadObjectCommand } from '@aws-sdk/client-s3'
import type { ArtifactFacts, ArtifactReference, Unreadable } from '../../rollout/facts.ts'
import type { Place } from '../../rollout/target.ts'
import { inParallel } from '../aws/in-parallel.ts'
import { isNotFound } from '../aws/predicates.ts'
import { fail } from '../failure.ts'
import { listObjects, pinListing, unquote } from '../replication/list-objects.ts'
import { parseS3 } from '../replication/s3-address.ts'
import { readable, type Reading } from './reading.ts'

const AT_A_TIME = 8

/** Every reference once, pinned: by version and ETag for an object, by a hash over everything below a prefix. */
export async function readArtifacts(
  reading: Reading,
  place: Place,
  references: readonly ArtifactReference[],
): Promise<Record<string, ArtifactFacts | Unreadable>> {
  const kinds = new Map<string, ArtifactReference['kind']>()
  for (const { uri, kind } of references) if (kinds.get(uri) !== 'prefix') kinds.set(uri, kind)
  const read = await inParallel([...kinds], AT_A_TIME, async ([uri, kind]) => {
    const facts = await readable(reading, () =>
      kind === 'prefix' ? readPrefix(reading, place, uri) : readObject(reading, place, uri),
    )
    return [uri, facts] as const
  })
  return Object.fromEntries(read)
}

async function readObject(reading: Reading, place: Place, uri: string): Promise<ArtifactFacts> {
  const { bucket, key } = parseS3(uri)
  try {
    const head = await reading.aws
      .s3(place, reading.session)
      .send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }))
    const { VersionId: versionId } = head
    return {
      uri,
      kind: 'object',
      bytes: head.ContentLength ?? 0,
      objects: 1,
      pin: { etag: unquote(head.ETag), ...(versionId && versionId !== 'null' && { versionId }) },
    }
  } catch (error) {
    if (!isNotFound(error)) throw error
    // A prefix written without its slash, where nothing says what it is (environments, sample payloads).
    return readPrefix(reading, place, uri, '/')
  }
}

async function readPrefix(reading: Reading, place: Place, uri: string, below = ''): Promise<ArtifactFacts> {
  const { bucket, key } = parseS3(uri)
  const s3 = reading.aws.s3(place, reading.session)
  const listed = await listObjects(s3, { bucket, key })
  if (!listed.some((object) => object.key.startsWith(key + below)))
    throw fail('NotFound', `There is nothing at ${uri}.`)
  return {
    uri,
    kind: 'prefix',
    bytes: listed.reduce((sum, { bytes }) => sum + bytes, 0),
    objects: listed.length,
    pin: pinListing(key, listed),
  }
}
