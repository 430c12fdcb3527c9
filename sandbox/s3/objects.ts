import { randomBytes } from 'node:crypto'
import { AwsError, type Call } from '../core/types.ts'
import { checkWriteConditions, etagMatches, etagOf, memberOf, verifyBody } from './checks.ts'
import { chunksOf, contentOfBody, sizeOf, slice, type Content } from './content.ts'
import { chooseEncryption, encryptionHeaders, useKey } from './kms.ts'
import {
  addVersion,
  latest,
  openBucket,
  readVersion,
  shownVersion,
  type Bucket,
  type Checksum,
  type ObjectHeaders,
  type ObjectVersion,
} from './state.ts'
import { parseTagging } from './tagging.ts'

type Input = Readonly<Record<string, any>>

/** 5 GiB: the largest body of one PutObject, and the largest source of one CopyObject. */
export const LARGEST_OBJECT_WRITE = 5 * 1024 ** 3

export const newVersionId = (bucket: Bucket): string =>
  bucket.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null'

/** The stored system headers that a request carries. */
export const headersOf = (input: Input): ObjectHeaders => {
  const { ContentType, ContentEncoding, ContentLanguage, ContentDisposition, CacheControl, StorageClass } =
    input
  return { ContentType, ContentEncoding, ContentLanguage, ContentDisposition, CacheControl, StorageClass }
}

/** A checksum as members of an answer. */
export const checksumMembers = ({ algorithm, type, value }: Checksum): Record<string, string> => ({
  [memberOf(algorithm)]: value,
  ChecksumType: type,
})

const currentEtag = (bucket: Bucket, key: string): string | undefined => {
  const current = latest(bucket, key)
  return current?.deleteMarker ? undefined : current?.etag
}

/** Checks the conditions of a write against the newest version. */
export const checkConditions = (bucket: Bucket, key: string, input: Input): void =>
  checkWriteConditions(input, currentEtag(bucket, key))

export const putObject = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'write', { expectedOwner: input.ExpectedBucketOwner })
  checkConditions(bucket, input.Key, input)
  const content: Content = contentOfBody(input.Body ?? Buffer.alloc(0))
  const checksum = verifyBody(input, content)
  const encryption = chooseEncryption(call, bucket, input)
  const version: ObjectVersion = {
    versionId: newVersionId(bucket),
    content,
    size: sizeOf(content),
    etag: etagOf(content, encryption),
    modified: call.world.clock.now(),
    headers: headersOf(input),
    metadata: input.Metadata ?? {},
    tags: parseTagging(input.Tagging),
    checksum,
    encryption,
  }
  addVersion(bucket, input.Key, version)
  return {
    ETag: version.etag,
    VersionId: shownVersion(bucket, version),
    ...checksumMembers(checksum),
    ...encryptionHeaders(encryption),
  }
}

const parseRange = (range: string, size: number): readonly [from: number, to: number] => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? []
  if (first === '' && last === '') return [0, size]
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  if (from >= size || to <= from) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
      RangeRequested: range,
      ActualObjectSize: size,
      $headers: { 'content-range': `bytes */${size}` },
    })
  }
  return [from, to]
}

const rangeOf = (input: Input, version: ObjectVersion): readonly [number, number] | undefined => {
  if (input.Range !== undefined) return parseRange(input.Range, version.size)
  if (input.PartNumber === undefined) return undefined
  const sizes = version.partSizes ?? [version.size]
  const index = input.PartNumber - 1
  if (sizes[index] === undefined) {
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', 416)
  }
  const from = sizes.slice(0, index).reduce((sum, size) => sum + size, 0)
  return [from, from + sizes[index]]
}

const checkReadConditions = (input: Input, { etag }: ObjectVersion) => {
  if (input.IfMatch !== undefined && !etagMatches(input.IfMatch, etag)) {
    throw new AwsError(
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      412,
    )
  }
  if (input.IfNoneMatch !== undefined && etagMatches(input.IfNoneMatch, etag)) {
    throw new AwsError('NotModified', 'Not Modified', 304, { $headers: { etag } })
  }
}

/** GetObject and HeadObject: the same checks and headers; only a GET carries the body. */
export const getObject = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'read', { expectedOwner: input.ExpectedBucketOwner })
  const version = readVersion(bucket, call.principal.accountId, input.Key, input.VersionId)
  checkReadConditions(input, version)
  useKey(call, version.encryption.kmsKey, 'Decrypt')
  const range = rangeOf(input, version)
  const content = range ? slice(version.content, range[0], range[1]) : version.content
  const tagCount = Object.keys(version.tags).length
  return {
    $status: range ? 206 : 200,
    Body: call.operation === 'GetObject' ? chunksOf(content) : undefined,
    AcceptRanges: 'bytes',
    ContentLength: sizeOf(content),
    ContentRange: range ? `bytes ${range[0]}-${range[1] - 1}/${version.size}` : undefined,
    ETag: version.etag,
    LastModified: new Date(version.modified),
    VersionId: shownVersion(bucket, version),
    Metadata: version.metadata,
    TagCount: tagCount > 0 ? tagCount : undefined,
    PartsCount: input.PartNumber === undefined ? undefined : version.partSizes?.length,
    ...version.headers,
    ContentType: version.headers.ContentType ?? 'binary/octet-stream',
    // A checksum is that of the whole object, so a range goes without.
    ...(input.ChecksumMode === 'ENABLED' && !range && checksumMembers(version.checksum)),
    ...encryptionHeaders(version.encryption),
  }
}

/** What GetObjectAttributes can tell without reading the object. */
export const getObjectAttributes = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'read', { expectedOwner: input.ExpectedBucketOwner })
  const version = readVersion(bucket, call.principal.accountId, input.Key, input.VersionId)
  const asked = (name: string) => (input.ObjectAttributes as readonly string[]).includes(name)
  return {
    LastModified: new Date(version.modified),
    VersionId: shownVersion(bucket, version),
    ETag: asked('ETag') ? version.etag.replaceAll('"', '') : undefined,
    Checksum: asked('Checksum') ? checksumMembers(version.checksum) : undefined,
    ObjectParts:
      asked('ObjectParts') && version.partSizes ? { TotalPartsCount: version.partSizes.length } : undefined,
    StorageClass: asked('StorageClass') ? (version.headers.StorageClass ?? 'STANDARD') : undefined,
    ObjectSize: asked('ObjectSize') ? version.size : undefined,
  }
}
