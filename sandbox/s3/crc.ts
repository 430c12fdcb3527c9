import { crc32 } from 'node:zlib'

/** A reflected CRC with all-ones start and end, as S3 uses three of them. */
interface Crc {
  readonly bits: 32 | 64
  /** The reversed polynomial. */
  readonly polynomial: bigint
}

const CRCS = {
  CRC32: { bits: 32, polynomial: 0xedb88320n },
  CRC32C: { bits: 32, polynomial: 0x82f63b78n },
  CRC64NVME: { bits: 64, polynomial: 0x9a6c9329ac4bc9b5n },
} as const satisfies Record<string, Crc>

/** The CRC algorithms that S3 can give for a whole object. */
export type CrcName = keyof typeof CRCS

export const isCrc = (name: string): name is CrcName => name in CRCS

/** The 32-bit tables, and the 64-bit one as two halves. */
const makeTable = ({ polynomial }: Crc): { readonly low: Uint32Array; readonly high: Uint32Array } => {
  const low = new Uint32Array(256)
  const high = new Uint32Array(256)
  for (let index = 0; index < 256; index++) {
    let value = BigInt(index)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
    low[index] = Number(value & 0xffffffffn)
    high[index] = Number(value >> 32n)
  }
  return { low, high }
}

const tables = new Map<CrcName, ReturnType<typeof makeTable>>()
const tableOf = (name: CrcName) => {
  const known = tables.get(name) ?? makeTable(CRCS[name])
  tables.set(name, known)
  return known
}

/** The CRC of some bytes. */
export const crcOfBytes = (name: CrcName, bytes: Uint8Array): bigint => {
  if (name === 'CRC32') return BigInt(crc32(bytes))
  const { low, high } = tableOf(name)
  let lo = 0xffffffff
  let hi = 0xffffffff
  if (name === 'CRC32C') {
    for (let index = 0; index < bytes.length; index++) lo = low[(lo ^ bytes[index]!) & 0xff]! ^ (lo >>> 8)
    return BigInt((lo ^ 0xffffffff) >>> 0)
  }
  for (let index = 0; index < bytes.length; index++) {
    const slot = (lo ^ bytes[index]!) & 0xff
    lo = low[slot]! ^ ((lo >>> 8) | (hi << 24))
    hi = high[slot]! ^ (hi >>> 8)
  }
  return (BigInt((hi ^ 0xffffffff) >>> 0) << 32n) | BigInt((lo ^ 0xffffffff) >>> 0)
}

/** Product of two polynomials modulo the CRC's, in the reflected representation. */
const multiply = ({ bits, polynomial }: Crc, left: bigint, right: bigint): bigint => {
  let product = 0n
  let shifted = right
  for (let bit = BigInt(bits - 1); bit >= 0n; bit--) {
    if ((left >> bit) & 1n) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n
  }
  return product
}

/** x^(8 · bytes), so that a CRC can be moved past that many bytes without reading them. */
const shiftBy = (crc: Crc, bytes: number): bigint => {
  let result = 1n << BigInt(crc.bits - 1)
  let power = result >> 8n
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(crc, result, power)
    power = multiply(crc, power, power)
  }
  return result
}

/** The CRC of two pieces one after another, from their CRCs and the length of the second. */
export const joinCrc = (name: CrcName, first: bigint, second: bigint, secondLength: number): bigint => {
  const crc = CRCS[name]
  return multiply(crc, shiftBy(crc, secondLength), first) ^ second
}

/** The CRC of one byte repeated, in the logarithm of its length. */
export const crcOfFill = (name: CrcName, byte: number, size: number): bigint => {
  if (size < 4096) return crcOfBytes(name, Buffer.alloc(size, byte))
  const half = Math.floor(size / 2)
  const part = crcOfFill(name, byte, half)
  const twice = joinCrc(name, part, part, half)
  return size % 2 === 0 ? twice : joinCrc(name, twice, crcOfBytes(name, Buffer.of(byte)), 1)
}

/** As S3 writes it: base64 of the big-endian bytes. */
export const printCrc = (name: CrcName, value: bigint): string =>
  Buffer.from(value.toString(16).padStart(CRCS[name].bits / 4, '0'), 'hex').toString('base64')

/** The number in `printCrc`'s text. */
export const parseCrc = (text: string): bigint =>
  BigInt(`0x${Buffer.from(text, 'base64').toString('hex') || '0'}`)
