import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type CompletedPart,
  type CreateMultipartUploadCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { inParallel } from '../aws/in-parallel.ts'
import { isNotFound } from '../aws/predicates.ts'
import { sessionName } from '../aws/sessions.ts'
import type { Checksum } from './checksums.ts'
import type { Destination } from './destination.ts'
import { cutParts, type Part } from './parts.ts'

/** An upload in parts that a later attempt can take up. */
export interface Upload {
  readonly id: string
  readonly partSize: number
}

type Described = Omit<CreateMultipartUploadCommandInput, 'Bucket' | 'Key'>

/** How to fill one upload. */
export interface PartsCopy {
  readonly s3: S3Client
  readonly destination: Destination
  readonly bytes: number
  readonly upload: Upload
  /** How many parts at a time. */
  readonly lanes: number
  /** Writes one part and answers what completing needs to know of it. */
  readonly writePart: (part: Part, uploadId: string) => Promise<Omit<CompletedPart, 'PartNumber'>>
  readonly onBytes: (bytes: number) => void
}

/** Begins an upload whose checksum can be compared with the source's afterwards. */
export async function beginUpload(
  s3: S3Client,
  { bucket, key, owner }: Destination,
  partSize: number,
  described: Described,
  checksum: Pick<Checksum, 'algorithm' | 'type'>,
): Promise<Upload> {
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      Bucket: bucket,
      Key: key,
      ExpectedBucketOwner: owner,
      ...described,
      ChecksumAlgorithm: checksum.algorithm,
      ChecksumType: checksum.type,
    }),
  )
  return { id: UploadId!, partSize }
}

/** Writes the parts that are not there yet, and completes. Parts that an earlier attempt wrote are kept. */
export async function fillUpload(copy: PartsCopy): Promise<void> {
  const { s3, destination, upload, bytes, lanes, writePart, onBytes } = copy
  const written = await listParts(s3, destination, upload.id)
  const parts = cutParts(bytes, upload.partSize)
  const completed = await inParallel(parts, lanes, async (part) => {
    const size = part.last - part.first + 1
    const there = written.get(part.number)
    const done = there?.Size === size ? there : await writePart(part, upload.id)
    onBytes(size)
    return completedPart(part.number, done)
  })
  await s3.send(
    new CompleteMultipartUploadCommand({
      Bucket: destination.bucket,
      Key: destination.key,
      ExpectedBucketOwner: destination.owner,
      UploadId: upload.id,
      MultipartUpload: { Parts: completed },
    }),
  )
}

function completedPart(number: number, part: Omit<CompletedPart, 'PartNumber'>): CompletedPart {
  const { ETag, ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } = part
  return {
    PartNumber: number,
    ETag,
    ChecksumCRC32,
    ChecksumCRC32C,
    ChecksumCRC64NVME,
    ChecksumSHA1,
    ChecksumSHA256,
  }
}

async function listParts(s3: S3Client, { bucket, key, owner }: Destination, uploadId: string) {
  const parts = new Map<number, CompletedPart & { readonly Size?: number }>()
  let PartNumberMarker: string | undefined
  for (;;) {
    const page = await s3.send(
      new ListPartsCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        PartNumberMarker,
        ExpectedBucketOwner: owner,
      }),
    )
    for (const part of page.Parts ?? []) parts.set(part.PartNumber!, part)
    if (!page.IsTruncated) return parts
    PartNumberMarker = page.NextPartNumberMarker
  }
}

/** Whether an upload of an earlier attempt can still be filled. */
export async function isOpen(s3: S3Client, destination: Destination, uploadId: string): Promise<boolean> {
  try {
    await listParts(s3, destination, uploadId)
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

/**
 * Uploads to this key that were begun in this rollout's own role session: what is left when a worker died before its
 * heartbeat told of them. Empty when nobody may list uploads, or when the worker uses no role.
 */
export async function findOwnUploads(s3: S3Client, { bucket, key, owner }: Destination, rolloutId: string) {
  const { Uploads = [] } = await s3.send(
    new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key, ExpectedBucketOwner: owner }),
  )
  const session = `/${sessionName(rolloutId)}`
  return Uploads.filter((upload) => upload.Key === key && upload.Initiator?.ID?.endsWith(session)).map(
    (upload) => upload.UploadId!,
  )
}

/** Frees what an upload that will not be completed occupies. Gone already is fine. Runs even when the activity is cancelled. */
export async function abortUpload(
  s3: S3Client,
  { bucket, key, owner }: Destination,
  uploadId: string,
): Promise<void> {
  try {
    await s3.send(
      new AbortMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        ExpectedBucketOwner: owner,
      }),
      { abortSignal: undefined },
    )
  } catch (error) {
    if (!isNotFound(error)) throw error
  }
}
