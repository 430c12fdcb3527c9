import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checksumOf, bytesOf, contentOfBody, md5Of, readAll, sizeOf, slice, type Content } from './content.ts'
import { crcOfBytes, crcOfFill, joinCrc, parseCrc, printCrc } from './crc.ts'

const NAMES = ['CRC32', 'CRC32C', 'CRC64NVME'] as const

describe('crc', () => {
  it('gives the published check values of "123456789"', () => {
    const text = Buffer.from('123456789')
    expect(crcOfBytes('CRC32', text)).toBe(0xcbf43926n)
    expect(crcOfBytes('CRC32C', text)).toBe(0xe3069283n)
    expect(crcOfBytes('CRC64NVME', text)).toBe(0xae8b14860a799888n)
  })

  it('joins the checksums of two pieces into that of the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (first, second) => {
        for (const name of NAMES) {
          const whole = crcOfBytes(name, Buffer.concat([first, second]))
          expect(joinCrc(name, crcOfBytes(name, first), crcOfBytes(name, second), second.length)).toBe(whole)
        }
      }),
    )
  })

  it('knows the checksum of a repeated byte without holding the bytes', () => {
    for (const name of NAMES)
      expect(crcOfFill(name, 7, 1_000_003)).toBe(crcOfBytes(name, Buffer.alloc(1_000_003, 7)))
  })

  it('prints big-endian base64 and reads it back', () => {
    expect(printCrc('CRC32', 0xcbf43926n)).toBe('y/Q5Jg==')
    expect(parseCrc('y/Q5Jg==')).toBe(0xcbf43926n)
  })
})

describe('content', () => {
  const mixed: Content = {
    kind: 'parts',
    parts: [
      bytesOf(Buffer.from('head')),
      { kind: 'fill', size: 600_000, byte: 97 },
      bytesOf(Buffer.from('tail')),
    ],
  }

  it('is sliced like the bytes it stands for', () => {
    const whole = readAll(mixed)
    expect(sizeOf(mixed)).toBe(whole.length)
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length), (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        expect(readAll(slice(mixed, from, to)).equals(whole.subarray(from, to))).toBe(true)
      }),
    )
  })

  it('has the same checksum in parts and in one piece', () => {
    for (const algorithm of [...NAMES, 'SHA256', 'MD5'] as const) {
      expect(checksumOf(algorithm, mixed)).toBe(checksumOf(algorithm, bytesOf(readAll(mixed))))
    }
  })
})

describe('a body that came over the wire', () => {
  const MIB = 1024 ** 2

  it('is kept as a description when it is one byte repeated, and with its bytes otherwise', () => {
    const same = Buffer.alloc(2 * MIB, 7)
    expect(contentOfBody(same)).toEqual({ kind: 'fill', size: 2 * MIB, byte: 7 })
    for (const at of [0, MIB, 2 * MIB - 1]) {
      const other = Buffer.from(same)
      other[at] = 8
      const kept = contentOfBody(other)
      expect(kept.kind === 'bytes' && kept.bytes.equals(other)).toBe(true)
    }
  })

  it('has the same checksum and ETag either way', () => {
    const same = Buffer.alloc(2 * MIB, 7)
    expect(checksumOf('CRC64NVME', contentOfBody(same))).toBe(checksumOf('CRC64NVME', bytesOf(same)))
    expect(md5Of(contentOfBody(same))).toEqual(md5Of(bytesOf(same)))
  })
})
