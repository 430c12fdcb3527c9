import { AwsError, type World } from '../core/types.ts'
import { readAll } from './content.ts'
import { useKey } from './kms.ts'
import { findBucket, mayAccess, type ObjectVersion } from './state.ts'

/** Where an object is, and for whom it is read. */
export interface ReadRequest {
  /** `s3://bucket/key`. */
  readonly uri: string
  /** The Region in which the object must be; SageMaker reads only in its own. */
  readonly region: string
  /** The account whose role reads. */
  readonly accountId: string
  readonly principalArn?: string
}

/** Why SageMaker could not read an object. */
export type ReadFailure = 'NoSuchBucket' | 'WrongRegion' | 'AccessDenied' | 'NoSuchKey'

/** What was found at an `s3://` address. */
export type ReadResult =
  | { readonly found: true; readonly version: ObjectVersion; readonly bytes: () => Buffer }
  | { readonly found: false; readonly reason: ReadFailure }

/** `s3://bucket/key` in its two parts; undefined for anything else. */
export const parseS3Uri = (uri: string): { readonly bucket: string; readonly key: string } | undefined => {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? []
  return bucket === undefined || key === undefined ? undefined : { bucket, key }
}

const open = (world: World, { uri, region, accountId, principalArn }: ReadRequest) => {
  const address = parseS3Uri(uri)
  const bucket = address && findBucket(world, address.bucket)
  if (!address || !bucket) return 'NoSuchBucket'
  if (bucket.region !== region) return 'WrongRegion'
  if (!mayAccess(bucket, accountId, 'read')) return 'AccessDenied'
  const principal = { accountId, arn: principalArn ?? `arn:aws:iam::${accountId}:role/sagemaker` }
  return { bucket, key: address.key, call: { world, principal } }
}

/** One object as another simulated service reads it, with the account's permissions, KMS included. */
export const readObject = (world: World, request: ReadRequest): ReadResult => {
  const opened = open(world, request)
  if (typeof opened === 'string') return { found: false, reason: opened }
  const version = opened.bucket.objects.get(opened.key)?.at(-1)
  if (!version || version.deleteMarker) return { found: false, reason: 'NoSuchKey' }
  try {
    useKey(opened.call, version.encryption.kmsKey, 'Decrypt')
  } catch (error) {
    if (error instanceof AwsError) return { found: false, reason: 'AccessDenied' }
    throw error
  }
  return { found: true, version, bytes: () => readAll(version.content) }
}

/** The keys below an `s3://` prefix, for models that are folders. */
export const listPrefix = (world: World, request: ReadRequest): readonly string[] | ReadFailure => {
  const opened = open(world, request)
  if (typeof opened === 'string') return opened
  const keys = [...opened.bucket.objects].filter(
    ([key, versions]) => key.startsWith(opened.key) && !versions.at(-1)?.deleteMarker,
  )
  return keys.length === 0 ? 'NoSuchKey' : keys.map(([key]) => key).sort()
}
