import { HeadObjectCommand, type HeadObjectOutput, type S3Client } from '@aws-sdk/client-s3'
import { isNotFound } from '../aws/predicates.ts'
import { fail, isFailure } from '../failure.ts'
import { checksumOf, compareChecksums } from './checksums.ts'
import { formatS3, type S3Address } from './s3-address.ts'
import type { SourceHead, SourceObject } from './source-object.ts'

/** Metadata that says what an object is a copy of. */
const ETAG = 'sluice-source-etag'
const VERSION = 'sluice-source-version'
const ROLLOUT = 'sluice-rollout'
/** S3 allows no more tags on an object. */
const MOST_TAGS = 10

/** Where a copy goes, and whose bucket that must be. */
export interface Destination extends S3Address {
  readonly owner: string
}

/**
 * What is there already: `same` needs no copy; `free` has no object, or an older copy of ours. Somebody else's object is
 * a Conflict.
 */
export async function lookAtDestination(
  s3: S3Client,
  destination: Destination,
  source: SourceObject,
  wanted: SourceHead,
): Promise<'same' | 'free'> {
  const there = await headDestination(s3, destination)
  if (!there) return 'free'
  const compared = compareChecksums(wanted.checksum, checksumOf(there))
  if (there.ContentLength === wanted.bytes) {
    if (compared === 'same' || (compared === 'unknown' && isCopyOf(there, source))) return 'same'
  }
  if (there.Metadata?.[ETAG]) return 'free'
  throw fail(
    'Conflict',
    `${formatS3(destination)} holds something else (${there.ContentLength} bytes instead of ${wanted.bytes}) that Sluice did not put there. ` +
      'Move it away, or choose another address in replicate.artifacts.',
  )
}

/** Throws Transient when the copy is not what the source is; it is then copied again. */
export async function verifyCopy(s3: S3Client, destination: Destination, wanted: SourceHead): Promise<void> {
  const there = await headDestination(s3, destination)
  if (there?.ContentLength !== wanted.bytes) {
    throw fail(
      'Transient',
      `${formatS3(destination)} has ${there?.ContentLength ?? 'no'} bytes after the copy instead of ${wanted.bytes}. It is copied again.`,
    )
  }
  if (compareChecksums(wanted.checksum, checksumOf(there)) === 'different')
    throw fail(
      'Transient',
      `${formatS3(destination)} has another checksum than its source. It is copied again.`,
    )
}

async function headDestination(
  s3: S3Client,
  { bucket, key, owner }: Destination,
): Promise<HeadObjectOutput | null> {
  try {
    return await s3.send(
      new HeadObjectCommand({
        Bucket: bucket,
        Key: key,
        ExpectedBucketOwner: owner,
        ChecksumMode: 'ENABLED',
      }),
    )
  } catch (error) {
    // Without s3:ListBucket S3 answers 403 for what is not there; if it is a real refusal, the copy meets it too.
    if (isNotFound(error) || isFailure(error, 'Denied')) return null
    throw error
  }
}

function isCopyOf(there: HeadObjectOutput, source: SourceObject): boolean {
  return (
    there.Metadata?.[ETAG] === source.etag &&
    (source.versionId === undefined || there.Metadata[VERSION] === source.versionId)
  )
}

/** Headers, metadata and tags of the copy: the source's, and what it is a copy of. */
export function describeCopy(
  rolloutId: string,
  source: SourceObject,
  { head }: SourceHead,
  sourceTags: Readonly<Record<string, string>>,
  kmsKey: string | undefined,
) {
  const own: [string, string][] = [['sluice:rollout', rolloutId]]
  const kept = Object.entries(sourceTags).filter(
    ([key]) => !key.startsWith('sluice:') && !key.startsWith('aws:'),
  )
  const tags = [...own, ...kept.slice(0, MOST_TAGS - own.length)]
  return {
    ContentType: head.ContentType,
    ContentEncoding: head.ContentEncoding,
    ContentLanguage: head.ContentLanguage,
    ContentDisposition: head.ContentDisposition,
    CacheControl: head.CacheControl,
    Metadata: {
      ...head.Metadata,
      [ETAG]: source.etag,
      ...(source.versionId && { [VERSION]: source.versionId }),
      [ROLLOUT]: rolloutId,
    },
    Tagging: new URLSearchParams(tags).toString(),
    ...(kmsKey && { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKey }),
  }
}
