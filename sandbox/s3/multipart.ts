import { createHash, randomBytes } from 'node:crypto'
import { AwsError, type Call } from '../core/types.ts'
import { etagMatches, memberOf, sentChecksum, verifyBody } from './checks.ts'
import {
  checksumOf,
  bytesOf,
  contentOfBody,
  md5Of,
  sizeOf,
  slice,
  type Algorithm,
  type Content,
} from './content.ts'
import { openSource } from './copy.ts'
import { isCrc } from './crc.ts'
import { chooseEncryption, encryptionHeaders } from './kms.ts'
import { checkConditions, checksumMembers, headersOf, LARGEST_OBJECT_WRITE, newVersionId } from './objects.ts'
import {
  addVersion,
  openBucket,
  shownVersion,
  type Bucket,
  type Checksum,
  type Upload,
  type UploadedPart,
} from './state.ts'
import { parseTagging } from './tagging.ts'

type Input = Readonly<Record<string, any>>

const SMALLEST_PART = 5 * 1024 ** 2

const open = (call: Call, input: Input): { readonly bucket: Bucket; readonly upload: Upload } => {
  const bucket = openBucket(call, input.Bucket, 'write', { expectedOwner: input.ExpectedBucketOwner })
  const upload = bucket.uploads.get(input.UploadId)
  if (upload?.key === input.Key && upload) return { bucket, upload }
  throw new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
    { UploadId: input.UploadId },
  )
}

const checksumType = (algorithm: Algorithm, asked: Checksum['type'] | undefined): Checksum['type'] => {
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE')
  if ((type === 'COMPOSITE' && algorithm === 'CRC64NVME') || (type === 'FULL_OBJECT' && !isCrc(algorithm))) {
    throw new AwsError(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    )
  }
  return type
}

export const createMultipartUpload = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'write', { expectedOwner: input.ExpectedBucketOwner })
  const algorithm: Algorithm = input.ChecksumAlgorithm ?? 'CRC64NVME'
  const upload: Upload = {
    id: randomBytes(48).toString('base64url'),
    key: input.Key,
    started: call.world.clock.now(),
    headers: headersOf(input),
    metadata: input.Metadata ?? {},
    tags: parseTagging(input.Tagging),
    encryption: chooseEncryption(call, bucket, input),
    algorithm,
    checksumType: checksumType(algorithm, input.ChecksumType),
    initiator: call.principal.arn,
    parts: new Map(),
  }
  bucket.uploads.set(upload.id, upload)
  return {
    Bucket: input.Bucket,
    Key: input.Key,
    UploadId: upload.id,
    ChecksumAlgorithm: input.ChecksumAlgorithm,
    ChecksumType: input.ChecksumAlgorithm && upload.checksumType,
    ...encryptionHeaders(upload.encryption),
  }
}

const checkNumber = (number: number) => {
  if (number >= 1 && number <= 10_000) return
  throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive')
}

const tooLarge = (size: number) => {
  if (size <= LARGEST_OBJECT_WRITE) return
  throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
    ProposedSize: size,
    MaxSizeAllowed: LARGEST_OBJECT_WRITE,
  })
}

const keepPart = (
  call: Call,
  upload: Upload,
  number: number,
  content: Content,
  checksum: string,
): UploadedPart => {
  const part: UploadedPart = {
    number,
    content,
    size: sizeOf(content),
    etag: `"${md5Of(content).toString('hex')}"`,
    modified: call.world.clock.now(),
    checksum,
  }
  upload.parts.set(number, part)
  return part
}

/** A composite checksum is made of those that came with the parts; of a whole object S3 makes it itself. */
const partOfComposite = ({ checksumType: type, algorithm }: Upload, input: Input) => {
  const sent = sentChecksum(input)?.algorithm
  if (type !== 'COMPOSITE' || sent === algorithm) return
  throw new AwsError(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${sent?.toLowerCase() ?? 'null'}`,
  )
}

export const uploadPart = (call: Call, input: Input) => {
  const { upload } = open(call, input)
  checkNumber(input.PartNumber)
  const content = contentOfBody(input.Body ?? Buffer.alloc(0))
  tooLarge(sizeOf(content))
  partOfComposite(upload, input)
  const { value } = verifyBody(input, content, upload.algorithm)
  const part = keepPart(call, upload, input.PartNumber, content, value)
  return { ETag: part.etag, [memberOf(upload.algorithm)]: value, ...encryptionHeaders(upload.encryption) }
}

export const uploadPartCopy = (call: Call, input: Input) => {
  const { upload } = open(call, input)
  checkNumber(input.PartNumber)
  const source = openSource(call, input)
  const { content, size } = source.version
  const range =
    input.CopySourceRange === undefined ? undefined : /^bytes=(\d+)-(\d+)$/.exec(input.CopySourceRange)
  const [from, to] = range ? [Number(range[1]), Number(range[2]) + 1] : [0, size]
  if (range === null || to > size || from >= to) {
    throw new AwsError(
      'InvalidArgument',
      `Range specified is not valid for source object of size: ${size}`,
      400,
      {
        ArgumentName: 'x-amz-copy-source-range',
        ArgumentValue: input.CopySourceRange,
      },
    )
  }
  if (to - from > LARGEST_OBJECT_WRITE) {
    throw new AwsError(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${LARGEST_OBJECT_WRITE}`,
    )
  }
  const copied = slice(content, from, to)
  const value = checksumOf(upload.algorithm, copied)
  const part = keepPart(call, upload, input.PartNumber, copied, value)
  return {
    CopyPartResult: {
      ETag: part.etag,
      LastModified: new Date(part.modified),
      [memberOf(upload.algorithm)]: value,
    },
    CopySourceVersionId: shownVersion(source.bucket, source.version),
    ...encryptionHeaders(upload.encryption),
  }
}

const chooseParts = (upload: Upload, asked: readonly Input[]): readonly UploadedPart[] => {
  if (asked.length === 0)
    throw new AwsError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    )
  if (asked.some((one, index) => index > 0 && asked[index - 1]!.PartNumber >= one.PartNumber)) {
    throw new AwsError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    )
  }
  const composite = upload.checksumType === 'COMPOSITE'
  const member = memberOf(upload.algorithm)
  return asked.map((one, index) => {
    if (composite && one[member] === undefined) {
      throw new AwsError(
        'InvalidRequest',
        `The upload was created using a ${upload.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${one.PartNumber} in the request.`,
      )
    }
    const part = upload.parts.get(one.PartNumber)
    const same =
      part &&
      etagMatches(one.ETag ?? '', part.etag) &&
      (one[member] === undefined || one[member] === part.checksum)
    if (!same) {
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        { UploadId: upload.id, PartNumber: one.PartNumber, ETag: one.ETag },
      )
    }
    if (part.size < SMALLEST_PART && index < asked.length - 1) {
      throw new AwsError(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
        400,
        {
          ProposedSize: part.size,
          MinSizeAllowed: SMALLEST_PART,
          PartNumber: part.number,
        },
      )
    }
    return part
  })
}

const wholeChecksum = (upload: Upload, parts: readonly UploadedPart[], content: Content): Checksum => {
  const { algorithm, checksumType: type } = upload
  if (type === 'FULL_OBJECT') return { algorithm, type, value: checksumOf(algorithm, content) }
  const joined = Buffer.concat(parts.map((part) => Buffer.from(part.checksum, 'base64')))
  return { algorithm, type, value: `${checksumOf(algorithm, bytesOf(joined))}-${parts.length}` }
}

/**
 * Puts the parts together. The fault kind `error-in-200` makes it answer 200 with an error body, as S3 may when it had
 * already begun to answer; `with: { applied: true }` completes the upload all the same.
 */
export const completeMultipartUpload = (call: Call, input: Input) => {
  const { bucket, upload } = open(call, input)
  const where = { service: 's3', operation: call.operation, accountId: call.accountId, region: call.region }
  const fault = call.world.takeFault('error-in-200', { ...where, name: `${bucket.name}/${upload.key}` })
  const failure = new AwsError('InternalError', 'We encountered an internal error. Please try again.', 200)
  if (fault && !fault.with.applied) throw failure
  checkConditions(bucket, input.Key, input)
  const parts = chooseParts(upload, input.MultipartUpload?.Parts ?? [])
  const content: Content = { kind: 'parts', parts: parts.map((part) => part.content) }
  const checksum = wholeChecksum(upload, parts, content)
  const sent = input[memberOf(upload.algorithm)]
  if (sent !== undefined && sent !== checksum.value && sent !== checksum.value.split('-')[0]) {
    throw new AwsError(
      'BadDigest',
      `The ${upload.algorithm} you specified did not match the calculated checksum.`,
    )
  }
  const digests = Buffer.concat(parts.map((part) => Buffer.from(part.etag.replaceAll('"', ''), 'hex')))
  const version = {
    versionId: newVersionId(bucket),
    content,
    size: sizeOf(content),
    etag: `"${createHash('md5').update(digests).digest('hex')}-${parts.length}"`,
    modified: call.world.clock.now(),
    headers: upload.headers,
    metadata: upload.metadata,
    tags: upload.tags,
    checksum,
    encryption: upload.encryption,
    partSizes: parts.map((part) => part.size),
  }
  addVersion(bucket, input.Key, version)
  bucket.uploads.delete(upload.id)
  if (fault) throw failure
  return {
    Location: `https://s3.${bucket.region}.amazonaws.com/${bucket.name}/${input.Key}`,
    Bucket: bucket.name,
    Key: input.Key,
    ETag: version.etag,
    VersionId: shownVersion(bucket, version),
    ...checksumMembers(checksum),
    ...encryptionHeaders(upload.encryption),
  }
}

export const abortMultipartUpload = (call: Call, input: Input) => {
  const { bucket, upload } = open(call, input)
  bucket.uploads.delete(upload.id)
  return {}
}

export const listParts = (call: Call, input: Input) => {
  const { bucket, upload } = open(call, input)
  const marker = Number(input.PartNumberMarker ?? 0)
  const most = Math.min(input.MaxParts ?? 1000, 1000)
  const rest = [...upload.parts.values()]
    .filter((part) => part.number > marker)
    .sort((a, b) => a.number - b.number)
  const page = rest.slice(0, most)
  return {
    Bucket: bucket.name,
    Key: upload.key,
    UploadId: upload.id,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
    MaxParts: most,
    IsTruncated: rest.length > page.length,
    ChecksumAlgorithm: upload.algorithm,
    ChecksumType: upload.checksumType,
    Parts: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.modified),
      ETag: part.etag,
      Size: part.size,
      [memberOf(upload.algorithm)]: part.checksum,
    })),
  }
}

export const listMultipartUploads = (call: Call, input: Input) => {
  const bucket = openBucket(call, input.Bucket, 'list', { expectedOwner: input.ExpectedBucketOwner })
  const prefix = input.Prefix ?? ''
  const most = Math.min(input.MaxUploads ?? 1000, 1000)
  const all = [...bucket.uploads.values()]
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.started - b.started))
  const after = all.findIndex(({ key, id }) => key === input.KeyMarker && id === input.UploadIdMarker) + 1
  const page = all.slice(after, after + most)
  return {
    Bucket: bucket.name,
    Prefix: prefix,
    MaxUploads: most,
    IsTruncated: after + page.length < all.length,
    NextKeyMarker: page.at(-1)?.key,
    NextUploadIdMarker: page.at(-1)?.id,
    Uploads: page.map((upload) => ({
      UploadId: upload.id,
      Key: upload.key,
      Initiated: new Date(upload.started),
      Initiator: { ID: upload.initiator, DisplayName: upload.initiator.split('/').at(-1) },
      StorageClass: 'STANDARD',
      ChecksumAlgorithm: upload.algorithm,
      ChecksumType: upload.checksumType,
    })),
  }
}
