import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { shrinkPng } from './shrink-png.ts'

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type), data])
  const numbers = Buffer.alloc(8)
  numbers.writeUInt32BE(data.length, 0)
  numbers.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([numbers.subarray(0, 4), body, numbers.subarray(4)])
}
/** Two pixels a line, from lines as they stand in the file: the filter, then the bytes. */
const png = (...lines: readonly (readonly number[])[]): Buffer => {
  const header = Buffer.from([0, 0, 0, 2, 0, 0, 0, lines.length, 8, 2, 0, 0, 0])
  const data = deflateSync(Buffer.from(lines.flat()))
  return Buffer.concat([
    Buffer.alloc(8),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
/** The colours of a picture with a palette, pixel by pixel. */
const coloursOf = (picture: Buffer): readonly string[] => {
  const part = (type: string): Buffer => {
    const at = picture.indexOf(type)
    return picture.subarray(at + 4, at + 4 + picture.readUInt32BE(at - 4))
  }
  const palette = part('PLTE')
  const lines = inflateSync(part('IDAT'))
  return [...lines]
    .filter((_, at) => at % 3 > 0)
    .map((index) => palette.subarray(index * 3, index * 3 + 3).toString('hex'))
}

test('keeps every colour of a picture with few of them, whatever filter its lines had', () => {
  const shrunk = shrinkPng(
    png(
      [0, 10, 20, 30, 40, 50, 60],
      [1, 10, 20, 30, 1, 1, 1],
      [2, 1, 1, 1, 1, 1, 1],
      [3, 1, 1, 1, 1, 1, 1],
      [4, 1, 1, 1, 1, 1, 1],
    ),
  )
  expect(coloursOf(shrunk)).toEqual([
    '0a141e',
    '28323c',
    '0a141e',
    '0b151f',
    '0b151f',
    '0c1620',
    '060b10',
    '0a1119',
    '070c11',
    '0b121a',
  ])
})

test('refuses what it would spoil', () => {
  const interlaced = png([0, 0, 0, 0, 0, 0, 0])
  interlaced[8 + 8 + 12] = 1
  expect(() => shrinkPng(interlaced)).toThrow('not a PNG of 8-bit RGB')
})
