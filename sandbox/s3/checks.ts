import { createHash } from 'node:crypto'
import { AwsError } from '../core/types.ts'
import { ALGORITHMS, checksumOf, md5Of, type Algorithm, type Content } from './content.ts'
import type { Checksum, Encryption } from './state.ts'

type Members = Readonly<Record<string, any>>

/** `ChecksumCRC32` and its like: where the service model keeps a value of this algorithm. */
export const memberOf = (algorithm: Algorithm): string => `Checksum${algorithm}`

/** The algorithm and value that a request carries, if it carries one. Throws InvalidRequest for one that is not computed here. */
export const sentChecksum = (
  input: Members,
): { readonly algorithm: Algorithm; readonly value: string } | undefined => {
  const algorithm = ALGORITHMS.find((name) => input[memberOf(name)] !== undefined)
  if (algorithm) return { algorithm, value: input[memberOf(algorithm)] }
  const other = Object.keys(input).find((name) => /^ChecksumXXHASH/.test(name))
  if (other) throw new AwsError('InvalidRequest', `The sandbox does not compute ${other}`)
  return undefined
}

/**
 * Checks a body against the `Content-MD5` and the checksum that came with it, and returns the checksum to keep: the
 * one that was sent, else CRC64NVME, which S3 adds by itself. Throws BadDigest for a body that was changed on the way.
 */
export const verifyBody = (input: Members, content: Content, wanted?: Algorithm): Checksum => {
  if (input.ContentMD5 !== undefined && input.ContentMD5 !== md5Of(content).toString('base64')) {
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.')
  }
  const sent = sentChecksum(input)
  const algorithm = wanted ?? sent?.algorithm ?? 'CRC64NVME'
  const value = checksumOf(algorithm, content)
  if (sent) {
    const found = sent.algorithm === algorithm ? value : checksumOf(sent.algorithm, content)
    if (found !== sent.value) {
      throw new AwsError(
        'BadDigest',
        `The ${sent.algorithm} you specified did not match the calculated checksum.`,
      )
    }
  }
  return { algorithm, type: 'FULL_OBJECT', value }
}

/** MD5 of the content, except under KMS, where an ETag says nothing about the content. */
export const etagOf = (content: Content, encryption: Encryption): string => {
  const md5 = md5Of(content)
  if (encryption.algorithm === 'AES256') return `"${md5.toString('hex')}"`
  return `"${createHash('md5').update(md5).update(String(encryption.kmsKey)).digest('hex')}"`
}

const unquote = (etag: string) => etag.replaceAll('"', '')

/** Whether an `If-Match` or `If-None-Match` value names this ETag. */
export const etagMatches = (condition: string, etag: string): boolean =>
  condition === '*' || condition.split(',').some((one) => unquote(one.trim()) === unquote(etag))

const failed = (condition: string) =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition: condition,
  })

/** `If-Match` and `If-None-Match` of a write; `etag` is undefined when there is no such object. */
export const checkWriteConditions = (input: Members, etag: string | undefined): void => {
  if (input.IfNoneMatch !== undefined && etag !== undefined && etagMatches(input.IfNoneMatch, etag))
    throw failed('If-None-Match')
  if (input.IfMatch === undefined) return
  if (etag === undefined) throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404)
  if (!etagMatches(input.IfMatch, etag)) throw failed('If-Match')
}

/** The four `x-amz-copy-source-if-…` conditions. */
export const checkCopyConditions = (
  input: Members,
  source: { readonly etag: string; readonly modified: number },
): void => {
  const { CopySourceIfMatch, CopySourceIfNoneMatch, CopySourceIfModifiedSince, CopySourceIfUnmodifiedSince } =
    input
  if (CopySourceIfMatch !== undefined && !etagMatches(CopySourceIfMatch, source.etag))
    throw failed('x-amz-copy-source-If-Match')
  if (CopySourceIfNoneMatch !== undefined && etagMatches(CopySourceIfNoneMatch, source.etag)) {
    throw failed('x-amz-copy-source-If-None-Match')
  }
  const second = Math.floor(source.modified / 1000) * 1000
  if (CopySourceIfModifiedSince !== undefined && second <= new Date(CopySourceIfModifiedSince).getTime()) {
    throw failed('x-amz-copy-source-If-Modified-Since')
  }
  if (CopySourceIfUnmodifiedSince !== undefined && second > new Date(CopySourceIfUnmodifiedSince).getTime()) {
    throw failed('x-amz-copy-source-If-Unmodified-Since')
  }
}
