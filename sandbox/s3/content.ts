import { createHash } from 'node:crypto'
import { crcOfBytes, crcOfFill, isCrc, joinCrc, printCrc, type CrcName } from './crc.ts'

/**
 * What an object holds. `fill` is one byte repeated, so that objects of many gigabytes cost nothing; `parts` is what a
 * multipart upload put together.
 */
export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'fill'; readonly size: number; readonly byte: number }
  | { readonly kind: 'parts'; readonly parts: readonly Content[] }

/** Above this a hash of a fill is made from its description instead of its bytes. */
const LARGEST_HASHED_FILL = 64 * 1024 * 1024
const CHUNK = 256 * 1024

export const bytesOf = (bytes: Buffer): Content => ({ kind: 'bytes', bytes })

/** Shorter bodies are not worth a look. */
const SMALLEST_FOUND_FILL = 1024 * 1024

/** A body as it came; one byte repeated is kept as that, so that large uploads of it cost no memory. */
export const contentOfBody = (bytes: Buffer): Content => {
  const { length } = bytes
  const worth = length >= SMALLEST_FOUND_FILL && length <= LARGEST_HASHED_FILL
  // Equal to itself shifted by one: every byte is its neighbour.
  const same = worth && bytes.compare(bytes, 1, length, 0, length - 1) === 0
  return same ? { kind: 'fill', size: length, byte: bytes[0]! } : bytesOf(bytes)
}

export const sizeOf = (content: Content): number => {
  if (content.kind === 'bytes') return content.bytes.length
  if (content.kind === 'fill') return content.size
  return content.parts.reduce((sum, part) => sum + sizeOf(part), 0)
}

/** The bytes from `from` up to, not including, `to`; still without reading a fill. */
export const slice = (content: Content, from: number, to: number): Content => {
  if (content.kind === 'bytes') return bytesOf(content.bytes.subarray(from, to))
  if (content.kind === 'fill') return { ...content, size: Math.max(0, Math.min(to, content.size) - from) }
  const parts: Content[] = []
  let start = 0
  for (const part of content.parts) {
    const size = sizeOf(part)
    if (start < to && start + size > from)
      parts.push(slice(part, Math.max(0, from - start), Math.min(size, to - start)))
    start += size
  }
  return parts.length === 1 ? parts[0]! : { kind: 'parts', parts }
}

/** The content in buffers of at most 256 KiB when it is a fill. */
export function* chunksOf(content: Content): Generator<Buffer> {
  if (content.kind === 'bytes') yield content.bytes
  else if (content.kind === 'parts') for (const part of content.parts) yield* chunksOf(part)
  else {
    const chunk = Buffer.alloc(Math.min(CHUNK, content.size), content.byte)
    for (let left = content.size; left > 0; left -= chunk.length)
      yield left < chunk.length ? chunk.subarray(0, left) : chunk
  }
}

export const readAll = (content: Content): Buffer =>
  content.kind === 'bytes' ? content.bytes : Buffer.concat([...chunksOf(content)])

const hash = (algorithm: string, content: Content): Buffer => {
  const digest = createHash(algorithm)
  if (content.kind === 'fill' && content.size > LARGEST_HASHED_FILL) {
    return digest.update(`fill ${content.byte} ${content.size}`).digest()
  }
  for (const chunk of chunksOf(content)) digest.update(chunk)
  return digest.digest()
}

export const md5Of = (content: Content): Buffer => hash('md5', content)

const crcOf = (name: CrcName, content: Content): bigint => {
  if (content.kind === 'bytes') return crcOfBytes(name, content.bytes)
  if (content.kind === 'fill') return crcOfFill(name, content.byte, content.size)
  return content.parts.reduce((crc, part) => joinCrc(name, crc, crcOf(name, part), sizeOf(part)), 0n)
}

/** Algorithms that the sandbox computes; S3's XXHASH family is refused. */
export const ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256', 'SHA512', 'MD5'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** The checksum S3 keeps for this content, base64. */
export const checksumOf = (algorithm: Algorithm, content: Content): string =>
  isCrc(algorithm)
    ? printCrc(algorithm, crcOf(algorithm, content))
    : hash(algorithm.toLowerCase(), content).toString('base64')
