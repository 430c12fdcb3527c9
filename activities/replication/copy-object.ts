import { CopyObjectCommand, PutObjectCommand, UploadPartCopyCommand, type S3Client } from '@aws-sdk/client-s3'
import { fail, isFailure } from '../failure.ts'
import { createBuffers } from './buffers.ts'
import { partChecksum, uploadChecksum } from './checksums.ts'
import { describeCopy, lookAtDestination, verifyCopy, type Destination } from './destination.ts'
import { abortUpload, beginUpload, fillUpload, findOwnUploads, isOpen, type Upload } from './multipart.ts'
import { copyPartSize, limits, relayPartSize, samePartSize } from './parts.ts'
import { readRange, writeRange } from './relay-part.ts'
import { copySource } from './s3-address.ts'
import {
  asChange,
  readSourceHead,
  readSourceTags,
  type SourceHead,
  type SourceObject,
} from './source-object.ts'
import { transferTimeout } from './transfer-time.ts'

/** An upload as the heartbeat remembers it; `relay`: through the worker, because the target may not read the source. */
export interface OpenUpload extends Upload {
  readonly relay: boolean
}

/** One object to bring to one place. */
export interface ObjectCopy {
  readonly rolloutId: string
  readonly source: SourceObject
  readonly destination: Destination
  readonly kmsKey?: string | undefined
  /** Reads the source with the registry's credentials, in the source's Region. */
  readonly reader: S3Client
  /** Writes with the target's credentials, in the target's Region. */
  readonly writer: S3Client
  /** What an earlier attempt left open. */
  readonly open?: OpenUpload | undefined
  readonly onUpload: (upload: OpenUpload | undefined) => void
  readonly onBytes: (bytes: number) => void
}

/** Parts of S3's own copies cost the worker nothing; relayed ones cost it their size in memory. */
const lanes = { copy: 8, relay: 3 } as const
const LARGEST_RELAYED_PART = 128 * 1024 ** 2

/**
 * Brings one object over unless it is there already: by S3's own copy up to 5 GiB, in parts above, and through the worker
 * only where the target's role cannot read the source. Throws SourceChanged when the source is not what was pinned,
 * Conflict when something else is at the destination.
 */
export async function copyObject(copy: ObjectCopy): Promise<'copied' | 'skipped'> {
  const { source, destination, reader, writer, onBytes } = copy
  const wanted = await readSourceHead(reader, source)
  if ((await lookAtDestination(writer, destination, source, wanted)) === 'same') {
    if (copy.open) await abortUpload(writer, destination, copy.open.id)
    copy.onUpload(undefined)
    onBytes(wanted.bytes)
    return 'skipped'
  }
  const tags = await readSourceTags(reader, source)
  const described = describeCopy(copy.rolloutId, source, wanted, tags, copy.kmsKey)
  if (copy.open?.relay) await relay(copy, wanted, described)
  else await copyDirectly(copy, wanted, described)
  copy.onUpload(undefined)
  await verifyCopy(writer, destination, wanted)
  return 'copied'
}

type Described = ReturnType<typeof describeCopy>

async function copyDirectly(given: ObjectCopy, wanted: SourceHead, described: Described): Promise<void> {
  let begun: OpenUpload | undefined
  const copy: ObjectCopy = { ...given, onUpload: (upload) => given.onUpload((begun = upload)) }
  try {
    const evenParts = samePartSize(wanted.bytes, wanted.parts)
    if (wanted.bytes > limits.singleCopy || (evenParts && wanted.parts!.count > 1))
      await copyInParts(copy, wanted, described, evenParts)
    else await copyWhole(copy, wanted, described)
  } catch (error) {
    // Which side refused is not said. If it was the destination, the relay is refused too, and says so.
    if (!isFailure(error, 'Denied')) throw error
    if (begun) await abortUpload(copy.writer, copy.destination, begun.id)
    await relay({ ...copy, open: undefined }, wanted, described)
  }
}

async function copyWhole(
  { source, destination, writer, onBytes }: ObjectCopy,
  wanted: SourceHead,
  described: Described,
) {
  try {
    await writer.send(
      new CopyObjectCommand({
        Bucket: destination.bucket,
        Key: destination.key,
        ExpectedBucketOwner: destination.owner,
        CopySource: copySource(source, source.versionId),
        CopySourceIfMatch: `"${source.etag}"`,
        MetadataDirective: 'REPLACE',
        TaggingDirective: 'REPLACE',
        ...(wanted.checksum?.type === 'FULL_OBJECT' && { ChecksumAlgorithm: wanted.checksum.algorithm }),
        ...described,
      }),
      { requestTimeout: transferTimeout(wanted.bytes, 's3') },
    )
  } catch (error) {
    throw asChange(error, source)
  }
  onBytes(wanted.bytes)
}

async function copyInParts(
  copy: ObjectCopy,
  wanted: SourceHead,
  described: Described,
  evenParts: number | undefined,
) {
  const { source, destination, writer } = copy
  const partSize = evenParts ?? copyPartSize(wanted.bytes)
  const upload = await takeUp(copy, wanted, described, partSize, false)
  await fillUpload({
    s3: writer,
    destination,
    bytes: wanted.bytes,
    upload,
    lanes: lanes.copy,
    onBytes: copy.onBytes,
    writePart: async ({ number, first, last }, uploadId) => {
      try {
        const { CopyPartResult } = await writer.send(
          new UploadPartCopyCommand({
            Bucket: destination.bucket,
            Key: destination.key,
            ExpectedBucketOwner: destination.owner,
            UploadId: uploadId,
            PartNumber: number,
            CopySource: copySource(source, source.versionId),
            CopySourceIfMatch: `"${source.etag}"`,
            CopySourceRange: `bytes=${first}-${last}`,
          }),
          { requestTimeout: transferTimeout(last - first + 1, 's3') },
        )
        return CopyPartResult ?? {}
      } catch (error) {
        throw asChange(error, source)
      }
    },
  })
}

async function relay(copy: ObjectCopy, wanted: SourceHead, described: Described): Promise<void> {
  const { source, destination, reader, writer } = copy
  const partSize = samePartSize(wanted.bytes, wanted.parts) ?? relayPartSize(wanted.bytes)
  if (partSize > LARGEST_RELAYED_PART) {
    throw fail(
      'Denied',
      `The role of account ${destination.owner} may not read ${source.bucket}/${source.key}, and it is too large (${wanted.bytes} bytes) to go through the worker. ` +
        "Allow s3:GetObject and kms:Decrypt to that role in the source bucket's and key's policies.",
    )
  }
  if (wanted.bytes <= partSize) {
    const body = await readRange(reader, source, wanted.bytes)
    await writer.send(
      new PutObjectCommand({
        Bucket: destination.bucket,
        Key: destination.key,
        ExpectedBucketOwner: destination.owner,
        Body: body,
        ContentLength: body.length,
        ...(wanted.checksum?.type === 'FULL_OBJECT' && { ChecksumAlgorithm: wanted.checksum.algorithm }),
        ...described,
      }),
      { requestTimeout: transferTimeout(body.length, 'worker') },
    )
    copy.onBytes(wanted.bytes)
    return
  }
  const upload = await takeUp(copy, wanted, described, partSize, true)
  const lend = createBuffers(partSize)
  await fillUpload({
    s3: writer,
    destination,
    bytes: wanted.bytes,
    upload,
    lanes: lanes.relay,
    onBytes: copy.onBytes,
    writePart: (part, uploadId) =>
      lend(async (buffer) => {
        const body = await readRange(reader, source, part, buffer)
        return writeRange(writer, destination, uploadId, part, body, partChecksum(wanted.checksum))
      }),
  })
}

/** The upload of an earlier attempt if it can be filled in the same way, else a new one; others of ours are freed. */
async function takeUp(
  copy: ObjectCopy,
  wanted: SourceHead,
  described: Described,
  partSize: number,
  relayed: boolean,
): Promise<Upload> {
  const { open, destination, writer } = copy
  const own = new Set(await ownUploads(copy))
  if (open) own.add(open.id)
  const fits =
    open?.partSize === partSize && open.relay === relayed && (await isOpen(writer, destination, open.id))
  // Without a heartbeat the part size is known all the same: it follows from the source.
  const found = fits ? open.id : open ? undefined : [...own][0]
  for (const id of own) if (id !== found) await abortUpload(writer, destination, id)
  const upload = found
    ? { id: found, partSize }
    : await beginUpload(writer, destination, partSize, described, uploadChecksum(wanted.checksum))
  copy.onUpload({ ...upload, relay: relayed })
  return upload
}

async function ownUploads({ writer, destination, rolloutId }: ObjectCopy): Promise<string[]> {
  try {
    return await findOwnUploads(writer, destination, rolloutId)
  } catch (error) {
    if (isFailure(error, 'Denied')) return []
    throw error
  }
}
