import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectOutput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { awsAnswer, isNotFound } from '../aws/predicates.ts'
import { fail, isFailure } from '../failure.ts'
import { checksumOf, type Checksum } from './checksums.ts'
import { unquote } from './list-objects.ts'
import { formatS3, type S3Address } from './s3-address.ts'

/** What a copy is made of, exactly as it was pinned. */
export interface SourceObject extends S3Address {
  readonly etag: string
  readonly versionId?: string
}

/** The pinned object as S3 describes it. */
export interface SourceHead {
  readonly bytes: number
  readonly checksum: Checksum | undefined
  readonly head: HeadObjectOutput
  /** Size of the first part and number of parts, when it was uploaded in parts and a composite checksum depends on them. */
  readonly parts?: { readonly size: number; readonly count: number }
}

/** Looks at the source; throws SourceChanged when it is not what was pinned. */
export async function readSourceHead(s3: S3Client, source: SourceObject): Promise<SourceHead> {
  const address = { Bucket: source.bucket, Key: source.key, VersionId: source.versionId }
  try {
    const head = await s3.send(new HeadObjectCommand({ ...address, ChecksumMode: 'ENABLED' }))
    if (unquote(head.ETag) !== source.etag) throw changed(source, `its ETag is now ${unquote(head.ETag)}`)
    const checksum = checksumOf(head)
    const bytes = head.ContentLength ?? 0
    if (checksum?.type !== 'COMPOSITE') return { bytes, checksum, head }
    const first = await s3.send(new HeadObjectCommand({ ...address, PartNumber: 1 }))
    const parts = { size: first.ContentLength ?? 0, count: first.PartsCount ?? 0 }
    return { bytes, checksum, head, ...(parts.count > 0 && { parts }) }
  } catch (error) {
    throw asChange(error, source)
  }
}

/** The source's own tags; none when nobody may read them. */
export async function readSourceTags(s3: S3Client, source: SourceObject): Promise<Record<string, string>> {
  try {
    const { TagSet = [] } = await s3.send(
      new GetObjectTaggingCommand({ Bucket: source.bucket, Key: source.key, VersionId: source.versionId }),
    )
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key ?? '', Value ?? '']))
  } catch (error) {
    if (isFailure(error, 'Denied')) return {}
    throw asChange(error, source)
  }
}

/** Turns "no such version" and "precondition failed" into SourceChanged; everything else stays what it is. */
export function asChange(error: unknown, source: SourceObject): unknown {
  const answer = awsAnswer(error)
  if (answer?.status === 412 || answer?.name === 'PreconditionFailed')
    return changed(source, 'it was overwritten')
  if (isNotFound(error) && answer?.name !== 'NoSuchUpload' && answer?.name !== 'NoSuchBucket')
    return changed(source, 'it is gone')
  return error
}

/** The failure that says so; the cure is to plan again. */
export function changed(source: SourceObject, how: string): Error {
  return fail(
    'SourceChanged',
    `${formatS3(source)} is not what was planned: ${how}` +
      `${source.versionId ? ` (version ${source.versionId})` : ''}, planned was ETag ${source.etag}. ` +
      'Register the model again and start a new rollout.',
  )
}
