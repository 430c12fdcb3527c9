import {
  GetObjectCommand,
  UploadPartCommand,
  type ChecksumAlgorithm,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { Destination } from './destination.ts'
import { asChange, type SourceObject } from './source-object.ts'
import type { Part } from './parts.ts'
import { transferTimeout } from './transfer-time.ts'

/** Reads one range of the source, or all its bytes, with one account's credentials. What is read is held in memory. */
export async function readRange(
  s3: S3Client,
  source: SourceObject,
  what: Part | number,
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
    return await Body!.transformToByteArray()
  } catch (error) {
    throw asChange(error, source)
  }
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
