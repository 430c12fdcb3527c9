import type { ChecksumAlgorithm, ChecksumType, HeadObjectOutput } from '@aws-sdk/client-s3'

/** A checksum that S3 keeps with an object; composite ones end in `-<number of parts>`. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly type: ChecksumType
  readonly value: string
}

const members = [
  ['ChecksumCRC64NVME', 'CRC64NVME'],
  ['ChecksumSHA256', 'SHA256'],
  ['ChecksumCRC32C', 'CRC32C'],
  ['ChecksumCRC32', 'CRC32'],
  ['ChecksumSHA1', 'SHA1'],
] as const

/** What HeadObject with `ChecksumMode: 'ENABLED'` says; undefined for objects that were stored without one. */
export function checksumOf(head: HeadObjectOutput): Checksum | undefined {
  for (const [member, algorithm] of members) {
    const value = head[member]
    if (!value) continue
    return {
      algorithm,
      value,
      type: head.ChecksumType ?? (value.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT'),
    }
  }
  return undefined
}

/**
 * Whether two objects have the same bytes as far as their checksums say. Only checksums of the same algorithm and type
 * can be compared; an ETag is none, because multipart uploads and KMS change it.
 */
export function compareChecksums(one?: Checksum, other?: Checksum): 'same' | 'different' | 'unknown' {
  if (!one || !other || one.algorithm !== other.algorithm || one.type !== other.type) return 'unknown'
  if (one.value === other.value) return 'same'
  const parts = (checksum: Checksum) => checksum.value.split('-')[1]
  // Composite values depend on where the parts were cut, so other numbers of parts say nothing.
  return one.type === 'COMPOSITE' && parts(one) !== parts(other) ? 'unknown' : 'different'
}

/**
 * The checksum to upload parts with, so that the whole can be compared with the source's. SHA values of a whole cannot be
 * made from parts: then CRC64NVME protects the way, and the two cannot be compared.
 */
export function uploadChecksum(source: Checksum | undefined): Pick<Checksum, 'algorithm' | 'type'> {
  if (!source || (source.type === 'FULL_OBJECT' && source.algorithm.startsWith('SHA')))
    return { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' }
  return { algorithm: source.algorithm, type: source.type }
}

/**
 * The checksum that each part must come with: a composite one is made of those. Of a whole object S3 makes it itself from
 * what it got, and the copy is then compared with the source; for the client to make it too would only cost time.
 */
export function partChecksum(source: Checksum | undefined): ChecksumAlgorithm | undefined {
  const { algorithm, type } = uploadChecksum(source)
  return type === 'COMPOSITE' ? algorithm : undefined
}
