import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { fail } from '../failure.ts'

/** Lines of an S3 object, streamed; a last line without an end counts, an empty last one does not. */
export async function* linesOf(s3: S3Client, uri: string, owner: string): AsyncGenerator<string> {
  const { bucket, key } = splitUri(uri)
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner }),
  )
  if (!(Body instanceof Readable)) throw fail('Transient', `${uri} was answered without a body`)
  yield* createInterface({ input: Body, crlfDelay: Infinity })
}

/** Bucket and key of `s3://bucket/key`. */
export function splitUri(uri: string): { readonly bucket: string; readonly key: string } {
  const match = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri)
  if (!match) throw fail('Invalid', `${uri} is no S3 location; write s3://bucket/key`)
  return { bucket: match[1]!, key: match[2]! }
}
