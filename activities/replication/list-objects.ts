import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import type { ArtifactPin } from '../../rollout/facts.ts'
import type { S3Address } from './s3-address.ts'

/** One object below a prefix. */
export interface ListedObject {
  readonly key: string
  readonly bytes: number
  readonly etag: string
}

/** Every object below a prefix, in the order of their keys; the console's empty "folders" are left out. */
export async function listObjects(s3: S3Client, address: S3Address, owner?: string): Promise<ListedObject[]> {
  const found: ListedObject[] = []
  for await (const object of objectsBelow(s3, address, owner)) found.push(object)
  return found
}

/** Whether there is any object below a prefix; however many there are, a page tells. */
export async function hasObjects(s3: S3Client, address: S3Address): Promise<boolean> {
  const { done } = await objectsBelow(s3, address).next()
  return !done
}

async function* objectsBelow(
  s3: S3Client,
  { bucket, key }: S3Address,
  owner?: string,
): AsyncGenerator<ListedObject, void> {
  let ContinuationToken: string | undefined
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: key,
        ContinuationToken,
        ExpectedBucketOwner: owner,
      }),
    )
    for (const object of page.Contents ?? []) {
      if (!object.Key || (object.Key.endsWith('/') && !object.Size)) continue
      yield { key: object.Key, bytes: object.Size ?? 0, etag: unquote(object.ETag) }
    }
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken)
}

/** Pins a prefix: a hash over keys, sizes and ETags, keys relative to the prefix. */
export function pinListing(prefix: string, objects: readonly ListedObject[]): ArtifactPin {
  const hash = createHash('sha256')
  for (const { key, bytes, etag } of objects) hash.update(`${key.slice(prefix.length)}\n${bytes}\n${etag}\n`)
  return { etag: hash.digest('hex') }
}

/** ETags travel without their quotation marks. */
export function unquote(etag: string | undefined): string {
  return (etag ?? '').replace(/^"|"$/g, '')
}
