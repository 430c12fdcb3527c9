import { crc32, deflateSync, inflateSync } from 'node:zlib'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const MOST_COLOURS = 256

/**
 * The same picture with a palette: a page has a few hundred colours, most of them between those of a letter and its ground, and
 * takes less than half of the bytes with the 256 that are there most. Takes what browsers write: 8 bits, RGB, not interlaced
 * (PNG, third edition).
 */
export function shrinkPng(png: Buffer): Buffer {
  const { width, height, pixels } = readPixels(png)
  const palette = choosePalette(pixels)
  const nearest = new Map<number, number>()
  const lines = Buffer.alloc(height * (width + 1))
  pixels.forEach((pixel, at) => {
    const index = nearest.get(pixel) ?? findNearest(palette, pixel)
    nearest.set(pixel, index)
    lines[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = index
  })
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  const colours = Buffer.from(palette.flatMap((pixel) => [pixel >> 16, (pixel >> 8) & 0xff, pixel & 0xff]))
  return Buffer.concat([
    signature,
    writeChunk('IHDR', header),
    writeChunk('PLTE', colours),
    writeChunk('IDAT', deflateSync(lines, { level: 9 })),
    writeChunk('IEND', Buffer.alloc(0)),
  ])
}

/** Each pixel as 0xRRGGBB, line by line. @throws Error for a kind that no browser writes */
function readPixels(png: Buffer) {
  const chunks = readChunks(png)
  const header = chunks.find(({ type }) => type === 'IHDR')?.data ?? Buffer.alloc(13)
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  if (header[8] !== 8 || header[9] !== 2 || header[12] !== 0) throw new Error('not a PNG of 8-bit RGB')
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data))
  const bytes = unfilter(inflateSync(packed), width * 3, height)
  const pixels = new Uint32Array(width * height)
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = bytes.readUIntBE(at * 3, 3)
  return { width, height, pixels }
}

function readChunks(png: Buffer): readonly { readonly type: string; readonly data: Buffer }[] {
  const chunks = []
  for (let at = signature.length; at < png.length;) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return chunks
}

/** Takes back the filter of each line: a byte was written as its difference from what stands left of it and above. */
function unfilter(filtered: Buffer, length: number, height: number): Buffer {
  const bytes = Buffer.alloc(length * height)
  for (let y = 0; y < height; y += 1) {
    const filter = filtered[y * (length + 1)]
    for (let x = 0; x < length; x += 1) {
      const left = x >= 3 ? (bytes[y * length + x - 3] ?? 0) : 0
      const above = y > 0 ? (bytes[(y - 1) * length + x] ?? 0) : 0
      const corner = x >= 3 && y > 0 ? (bytes[(y - 1) * length + x - 3] ?? 0) : 0
      const guesses = [0, left, above, (left + above) >> 1, paeth(left, above, corner)]
      bytes[y * length + x] = (filtered[y * (length + 1) + 1 + x] ?? 0) + (guesses[filter ?? 0] ?? 0)
    }
  }
  return bytes
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? above : corner
}

/** One after another the colour that would be missed most: there often, and far from every one that was chosen. */
function choosePalette(pixels: Uint32Array): readonly number[] {
  const left = new Map<number, { readonly count: number; far: number }>()
  for (const pixel of pixels) {
    left.set(pixel, { count: (left.get(pixel)?.count ?? 0) + 1, far: Number.POSITIVE_INFINITY })
  }
  const palette: number[] = []
  while (palette.length < MOST_COLOURS && left.size > 0) {
    let [missed, most] = [0, -1]
    for (const [pixel, { count, far }] of left) {
      const cost = count * Math.min(far, LARGEST_DISTANCE)
      if (cost > most) [missed, most] = [pixel, cost]
    }
    palette.push(missed)
    left.delete(missed)
    for (const [pixel, known] of left) known.far = Math.min(known.far, distance(pixel, missed))
  }
  return palette
}

function findNearest(palette: readonly number[], pixel: number): number {
  let best = 0
  palette.forEach((colour, index) => {
    if (distance(colour, pixel) < distance(palette[best] ?? 0, pixel)) best = index
  })
  return best
}

const LARGEST_DISTANCE = 3 * 255 ** 2

function distance(one: number, other: number): number {
  return [16, 8, 0].reduce(
    (sum, shift) => sum + (((one >> shift) & 0xff) - ((other >> shift) & 0xff)) ** 2,
    0,
  )
}

function writeChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
