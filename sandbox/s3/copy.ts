import { AwsError, type Call } from '../core/types.ts'
import { checkCopyConditions, etagOf } from './checks.ts'
import { checksumOf, type Algorithm } from './content.ts'
import { chooseEncryption, encryptionHeaders, useKey } from './kms.ts'
import { checkConditions, checksumMembers, headersOf, LARGEST_OBJECT_WRITE, newVersionId } from './objects.ts'
import {
  addVersion,
  openBucket,
  readVersion,
  shownVersion,
  type Bucket,
  type Checksum,
  type ObjectVersion,
} from './state.ts'
import { parseTagging } from './tagging.ts'

type Input = Readonly<Record<string, any>>

/** The object that `x-amz-copy-source` names, readable by the caller, with its conditions checked. */
export const openSource = (
  call: Call,
  input: Input,
): { readonly bucket: Bucket; readonly key: string; readonly version: ObjectVersion } => {
  const [path = '', search = ''] = String(input.CopySource).split('?')
  const [name, ...rest] = path.replace(/^\//, '').split('/')
  const key = decodeURIComponent(rest.join('/'))
  if (!name || key === '') {
    throw new AwsError(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      400,
      {
        ArgumentName: 'x-amz-copy-source',
        ArgumentValue: input.CopySource,
      },
    )
  }
  const bucket = openBucket(call, decodeURIComponent(name), 'read', {
    expectedOwner: input.ExpectedSourceBucketOwner,
    anyRegion: true,
  })
  const versionId = new URLSearchParams(search).get('versionId') ?? undefined
  const version = readVersion(bucket, call.principal.accountId, key, versionId)
  checkCopyConditions(input, version)
  useKey(call, version.encryption.kmsKey, 'Decrypt')
  return { bucket, key, version }
}

const refuseSelfCopy = (input: Input, changed: boolean) => {
  if (changed || input.MetadataDirective === 'REPLACE' || input.ServerSideEncryption || input.StorageClass)
    return
  throw new AwsError(
    'InvalidRequest',
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )
}

/** One atomic copy of at most 5 GiB; a multipart source becomes one piece with an ETag and checksum of its own. */
export const copyObject = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'write', { expectedOwner: input.ExpectedBucketOwner })
  const source = openSource(call, input)
  checkConditions(bucket, input.Key, input)
  if (source.version.size > LARGEST_OBJECT_WRITE) {
    throw new AwsError(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_OBJECT_WRITE}`,
    )
  }
  refuseSelfCopy(
    input,
    source.bucket !== bucket || source.key !== input.Key || String(input.CopySource).includes('?'),
  )
  const { content, size } = source.version
  const algorithm: Algorithm = input.ChecksumAlgorithm ?? source.version.checksum.algorithm
  const checksum: Checksum = { algorithm, type: 'FULL_OBJECT', value: checksumOf(algorithm, content) }
  const replacing = input.MetadataDirective === 'REPLACE'
  const encryption = chooseEncryption(call, bucket, input)
  const version: ObjectVersion = {
    versionId: newVersionId(bucket),
    content,
    size,
    etag: etagOf(content, encryption),
    modified: call.world.clock.now(),
    headers: replacing ? headersOf(input) : { ...source.version.headers, StorageClass: input.StorageClass },
    metadata: replacing ? (input.Metadata ?? {}) : source.version.metadata,
    tags: input.TaggingDirective === 'REPLACE' ? parseTagging(input.Tagging) : source.version.tags,
    checksum,
    encryption,
  }
  addVersion(bucket, input.Key, version)
  return {
    CopyObjectResult: {
      ETag: version.etag,
      LastModified: new Date(version.modified),
      ...checksumMembers(checksum),
    },
    VersionId: shownVersion(bucket, version),
    CopySourceVersionId: shownVersion(source.bucket, source.version),
    ...encryptionHeaders(encryption),
  }
}
