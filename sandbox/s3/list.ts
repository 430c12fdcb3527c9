import { AwsError, type Call } from '../core/types.ts'
import { newVersionId } from './objects.ts'
import { addVersion, openBucket, type Bucket, type ObjectVersion } from './state.ts'

type Input = Readonly<Record<string, any>>

const byBytes = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right))

const describe = (key: string, version: ObjectVersion) => ({
  Key: key,
  LastModified: new Date(version.modified),
  ETag: version.etag,
  Size: version.size,
  StorageClass: version.headers.StorageClass ?? 'STANDARD',
  ChecksumAlgorithm: [version.checksum.algorithm],
  ChecksumType: version.checksum.type,
})

/** Keys in the order of their bytes, at most 1000 a page; what shares a prefix up to the delimiter counts as one. */
export const listObjectsV2 = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'list', { expectedOwner: input.ExpectedBucketOwner })
  const prefix: string = input.Prefix ?? ''
  const most = Math.min(input.MaxKeys ?? 1000, 1000)
  const token: string | undefined = input.ContinuationToken
  const after: string =
    token === undefined ? (input.StartAfter ?? '') : Buffer.from(token, 'base64url').toString('utf8')
  const folderOf = (key: string) => {
    const end = input.Delimiter ? key.indexOf(input.Delimiter, prefix.length) : -1
    return end < 0 ? undefined : key.slice(0, end + input.Delimiter.length)
  }
  const keys = [...bucket.objects.keys()]
    .filter((key) => key.startsWith(prefix) && !bucket.objects.get(key)!.at(-1)!.deleteMarker)
    .sort(byBytes)
  const contents: ReturnType<typeof describe>[] = []
  const folders: string[] = []
  let last = ''
  let truncated = false
  for (const key of keys) {
    const folder = folderOf(key)
    const entry = folder ?? key
    if (byBytes(entry, after) <= 0 || (folder === folders.at(-1) && folder !== undefined)) continue
    if (contents.length + folders.length >= most) {
      truncated = true
      break
    }
    last = entry
    if (folder === undefined) contents.push(describe(key, bucket.objects.get(key)!.at(-1)!))
    else folders.push(folder)
  }
  const encode = (text: string | undefined) =>
    input.EncodingType === 'url' && text !== undefined
      ? encodeURIComponent(text).replaceAll('%2F', '/')
      : text
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: encode(input.Delimiter),
    MaxKeys: most,
    EncodingType: input.EncodingType,
    KeyCount: contents.length + folders.length,
    IsTruncated: truncated,
    ContinuationToken: token,
    NextContinuationToken: truncated ? Buffer.from(last, 'utf8').toString('base64url') : undefined,
    StartAfter: encode(input.StartAfter),
    Contents: contents.map((one) => ({ ...one, Key: encode(one.Key) })),
    CommonPrefixes: folders.map((Prefix) => ({ Prefix: encode(Prefix) })),
  }
}

/** Every version and delete marker of a prefix, newest first; one page. */
export const listObjectVersions = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'list', { expectedOwner: input.ExpectedBucketOwner })
  const prefix: string = input.Prefix ?? ''
  const all = [...bucket.objects.keys()]
    .filter((key) => key.startsWith(prefix))
    .sort(byBytes)
    .flatMap((key) => {
      const versions = bucket.objects.get(key)!.toReversed()
      return versions.map((version, index) => ({ key, version, IsLatest: index === 0 }))
    })
  return {
    Name: bucket.name,
    Prefix: prefix,
    MaxKeys: 1000,
    IsTruncated: false,
    Versions: all
      .filter(({ version }) => !version.deleteMarker)
      .map(({ key, version, IsLatest }) => ({
        ...describe(key, version),
        VersionId: version.versionId,
        IsLatest,
      })),
    DeleteMarkers: all
      .filter(({ version }) => version.deleteMarker)
      .map(({ key, version, IsLatest }) => ({
        Key: key,
        VersionId: version.versionId,
        IsLatest,
        LastModified: new Date(version.modified),
      })),
  }
}

const removeKey = (call: Call, bucket: Bucket, key: string, versionId?: string) => {
  const versions = bucket.objects.get(key) ?? []
  if (versionId !== undefined) {
    const gone = versions.find((one) => one.versionId === versionId)
    const rest = versions.filter((one) => one.versionId !== versionId)
    if (rest.length > 0) bucket.objects.set(key, rest)
    else bucket.objects.delete(key)
    return { VersionId: versionId, DeleteMarker: gone?.deleteMarker }
  }
  if (bucket.versioning === undefined) {
    bucket.objects.delete(key)
    return {}
  }
  const marker: ObjectVersion = {
    versionId: newVersionId(bucket),
    content: { kind: 'fill', size: 0, byte: 0 },
    size: 0,
    etag: '',
    modified: call.world.clock.now(),
    headers: {},
    metadata: {},
    tags: {},
    checksum: { algorithm: 'CRC64NVME', type: 'FULL_OBJECT', value: '' },
    encryption: { algorithm: 'AES256' },
    deleteMarker: true,
  }
  addVersion(bucket, key, marker)
  return { VersionId: marker.versionId, DeleteMarker: true }
}

/** A missing key is success, as in S3; with versioning a delete leaves a marker. */
export const deleteObject = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'write', { expectedOwner: input.ExpectedBucketOwner })
  return removeKey(call, bucket, input.Key, input.VersionId)
}

export const deleteObjects = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'write', { expectedOwner: input.ExpectedBucketOwner })
  const asked: readonly { Key: string; VersionId?: string }[] = input.Delete?.Objects ?? []
  if (asked.length === 0 || asked.length > 1000) {
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    )
  }
  const done = asked.map(({ Key, VersionId }) => ({ Key, ...removeKey(call, bucket, Key, VersionId) }))
  return { Deleted: input.Delete.Quiet ? [] : done }
}
