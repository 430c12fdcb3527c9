import {
  GetObjectCommand,
  UploadPartCommand,
  type ChecksumAlgorithm,
  type S3Client,
} from '@aws-sdk/client-s3'
import { fail } from '../failure.ts'
import type { Destination } from './destination.ts'
import { asChange, type SourceObject } from './source-object.ts'
import type { Part } from './parts.ts'
import { transferTimeout } from './transfer-time.ts'

/**
 * Reads one range of the source, or all its bytes, with one account's credentials. What is read is held in memory, in `into`
 * when that is given.
 */
export async function readRange(
  s3: S3Client,
  source: SourceObject,
  what: Part | number,
  into?: Uint8Array,
): Promise<Uint8Array> {
  const part = typeof what === 'number' ? undefined : what
  const bytes = typeof what === 'number' ? what : what.last - what.first + 1
  try {
    const { Body } = await s3.send(
      new GetObjectCommand({
        Bucket: source.bucket,
        Key: source.key,
        VersionId: source.versionId,
        IfMatch: `"${source.etag}"`,
        ...(part && { Range: `bytes=${part.first}-${part.last}` }),
      }),
      { requestTimeout: transferTimeout(bytes, 'worker') },
    )
    return await collect(Body as AsyncIterable<Uint8Array>, into ?? Buffer.allocUnsafeSlow(bytes), bytes)
  } catch (error) {
    throw asChange(error, source)
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>, into: Uint8Array, bytes: number) {
  let read = 0
  for await (const chunk of chunks) {
    if (read + chunk.length <= bytes) into.set(chunk, read)
    read += chunk.length
  }
  if (read === bytes) return into.subarray(0, bytes)
  throw fail('Transient', `S3 answered with ${read} of ${bytes} bytes. It is tried again.`)
}

/**
 * Writes one part with the other account's credentials. S3 checks what it is signed by on receipt, its SHA-256; a checksum
 * is sent only where one is named.
 */
export async function writeRange(
  s3: S3Client,
  { bucket, key, owner }: Destination,
  uploadId: string,
  part: Part,
  body: Uint8Array,
  algorithm?: ChecksumAlgorithm,
) {
  return s3.send(
    new UploadPartCommand({
      Bucket: bucket,
      Key: key,
      ExpectedBucketOwner: owner,
      UploadId: uploadId,
      PartNumber: part.number,
      Body: body,
      ContentLength: body.length,
      ...(algorithm && { ChecksumAlgorithm: algorithm }),
    }),
    { requestTimeout: transferTimeout(body.length, 'worker') },
  )
}
