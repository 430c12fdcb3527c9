import { AwsError, type Call, type World } from '../core/types.ts'
import type { Algorithm, Content } from './content.ts'

/** An object's checksum as S3 keeps it; COMPOSITE values carry `-<parts>`. */
export interface Checksum {
  readonly algorithm: Algorithm
  readonly type: 'FULL_OBJECT' | 'COMPOSITE'
  readonly value: string
}

export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms'
  readonly kmsKey?: string
}

/** The system headers that are stored with an object. */
export interface ObjectHeaders {
  readonly ContentType?: string
  readonly ContentEncoding?: string
  readonly ContentLanguage?: string
  readonly ContentDisposition?: string
  readonly CacheControl?: string
  readonly StorageClass?: string
}

/** One version of an object; `versionId` is `null` in a bucket without versioning. */
export interface ObjectVersion {
  readonly versionId: string
  readonly content: Content
  readonly size: number
  /** With its quotation marks. */
  readonly etag: string
  readonly modified: number
  readonly headers: ObjectHeaders
  readonly metadata: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly checksum: Checksum
  readonly encryption: Encryption
  /** Sizes of the parts of a multipart upload. */
  readonly partSizes?: readonly number[]
  readonly deleteMarker?: boolean
}

export interface UploadedPart {
  readonly number: number
  readonly content: Content
  readonly size: number
  readonly etag: string
  readonly modified: number
  readonly checksum: string
}

/** A multipart upload that is neither completed nor aborted. */
export interface Upload {
  readonly id: string
  readonly key: string
  readonly started: number
  readonly headers: ObjectHeaders
  readonly metadata: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly encryption: Encryption
  readonly algorithm: Algorithm
  readonly checksumType: Checksum['type']
  readonly initiator: string
  readonly parts: Map<number, UploadedPart>
}

/** A bucket; `readers`, `writers` and `listers` are account ids, or `*`, beside the owner. */
export interface Bucket {
  readonly name: string
  readonly accountId: string
  readonly region: string
  readonly created: number
  versioning: 'Enabled' | 'Suspended' | undefined
  kmsKey: string | undefined
  readonly readers: readonly string[]
  readonly writers: readonly string[]
  /** Who may list; undefined means the owner and the readers. Others get 403 where an object is missing, not 404. */
  readonly listers: readonly string[] | undefined
  /** All versions of each key, newest last. */
  readonly objects: Map<string, readonly ObjectVersion[]>
  readonly uploads: Map<string, Upload>
}

export const bucketsIn = (world: World, accountId: string, region: string): Map<string, Bucket> =>
  world.state('s3', accountId, region, () => new Map<string, Bucket>())

export const listBuckets = (world: World): readonly Bucket[] =>
  world.states<Map<string, Bucket>>('s3').flatMap(({ state }) => [...state.values()])

/** Bucket names are global. */
export const findBucket = (world: World, name: string): Bucket | undefined =>
  world
    .states<Map<string, Bucket>>('s3')
    .find(({ state }) => state.has(name))
    ?.state.get(name)

export type Access = 'read' | 'write' | 'list'

const includes = (accounts: readonly string[], accountId: string) =>
  accounts.includes(accountId) || accounts.includes('*')

/** Whether an account may do this in the bucket: its owner, and whom the bucket's policy names. */
export const mayAccess = (bucket: Bucket, accountId: string, access: Access): boolean => {
  if (access === 'list' && bucket.listers) return includes(bucket.listers, accountId)
  if (accountId === bucket.accountId) return true
  return includes(access === 'write' ? bucket.writers : bucket.readers, accountId)
}

const denied = () => new AwsError('AccessDenied', 'Access Denied', 403)

const wrongRegion = (bucket: Bucket) =>
  new AwsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    301,
    {
      Bucket: bucket.name,
      Endpoint: `s3.${bucket.region}.amazonaws.com`,
      $headers: { 'x-amz-bucket-region': bucket.region },
    },
  )

/**
 * The bucket of a request, in the order in which S3 refuses: no such bucket 404, another Region 301 with
 * `x-amz-bucket-region`, another owner than expected 403, no permission 403.
 */
export const openBucket = (
  call: Pick<Call, 'world' | 'region' | 'principal'>,
  name: string,
  access: Access,
  {
    expectedOwner,
    anyRegion = false,
  }: { readonly expectedOwner?: string; readonly anyRegion?: boolean } = {},
): Bucket => {
  const bucket = findBucket(call.world, name)
  if (!bucket)
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name })
  if (!anyRegion && bucket.region !== call.region) throw wrongRegion(bucket)
  if (expectedOwner !== undefined && expectedOwner !== bucket.accountId) throw denied()
  if (!mayAccess(bucket, call.principal.accountId, access)) throw denied()
  return bucket
}

/** The newest version of a key, delete markers included. */
export const latest = (bucket: Bucket, key: string): ObjectVersion | undefined =>
  bucket.objects.get(key)?.at(-1)

/**
 * The version a reader asked for. A missing key is 404 NoSuchKey only for who may list the bucket, 403 otherwise; a
 * missing version is 404 NoSuchVersion; a delete marker is 404, or 405 when named by its version.
 */
export const readVersion = (
  bucket: Bucket,
  accountId: string,
  key: string,
  versionId?: string,
): ObjectVersion => {
  const missing = (code: string, message: string, members: Record<string, unknown> = {}) =>
    mayAccess(bucket, accountId, 'list')
      ? new AwsError(code, message, 404, { Key: key, ...members })
      : denied()
  const noKey = (members?: Record<string, unknown>) =>
    missing('NoSuchKey', 'The specified key does not exist.', members)
  if (versionId === undefined) {
    const version = latest(bucket, key)
    if (!version) throw noKey()
    if (version.deleteMarker) throw noKey({ $headers: { 'x-amz-delete-marker': 'true' } })
    return version
  }
  const version = bucket.objects.get(key)?.find((one) => one.versionId === versionId)
  if (!version) throw missing('NoSuchVersion', 'The specified version does not exist.')
  if (version.deleteMarker) {
    throw new AwsError(
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
      405,
      {
        $headers: { 'x-amz-delete-marker': 'true', allow: 'DELETE' },
      },
    )
  }
  return version
}

/** The version id to show: S3 leaves it out where versioning was never on. */
export const shownVersion = (bucket: Bucket, version: { readonly versionId: string }): string | undefined =>
  bucket.versioning === undefined ? undefined : version.versionId

/** Adds a version, or replaces the only one where versioning is off. */
export const addVersion = (bucket: Bucket, key: string, version: ObjectVersion): void => {
  const before = bucket.objects.get(key) ?? []
  const kept = bucket.versioning === 'Enabled' ? before : before.filter((one) => one.versionId !== 'null')
  bucket.objects.set(key, [...kept, version])
}
