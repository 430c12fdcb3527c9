import { gzipSync, gunzipSync } from 'node:zlib'
import { extract, pack } from 'tar-stream'
import { linearModelSchema, type LinearModel } from './linear-model.ts'

/** The files of a model, by their path inside the artifact. */
export type ModelFiles = ReadonlyMap<string, Buffer>

/** An artifact that cannot be unpacked, or whose `model.json` cannot be served. */
export class ArtifactError extends Error {}

/** Packs files into a tar archive, compressed; the same files give the same bytes. */
export const packArtifact = async (files: ModelFiles): Promise<Buffer> => {
  const archive = pack()
  const chunks: Buffer[] = []
  const done = new Promise<void>((resolve, reject) => {
    archive.on('data', (chunk) => chunks.push(chunk as Buffer))
    archive.on('end', resolve)
    archive.on('error', reject)
  })
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    archive.entry({ name, mtime: new Date(0), mode: 0o644, uid: 0, gid: 0 }, content)
  }
  archive.finalize()
  await done
  return gzipSync(Buffer.concat(chunks), { level: 9 })
}

/** Unpacks a `model.tar.gz`. Throws `ArtifactError`. */
export const unpackArtifact = async (bytes: Buffer): Promise<ModelFiles> => {
  const files = new Map<string, Buffer>()
  const archive = extract()
  archive.on('entry', (header, stream, next) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk) => chunks.push(chunk as Buffer))
    stream.on('end', () => {
      if (header.type === 'file') files.set(header.name.replace(/^\.\//, ''), Buffer.concat(chunks))
      next()
    })
  })
  try {
    const plain = gunzipSync(bytes)
    await new Promise<void>((resolve, reject) => {
      archive.on('finish', resolve)
      archive.on('error', reject)
      archive.end(plain)
    })
  } catch (error) {
    throw new ArtifactError(
      `the archive cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  return files
}

/** Reads the built-in runtime's `model.json`; undefined when the artifact has none. Throws `ArtifactError`. */
export const readModel = (files: ModelFiles): LinearModel | undefined => {
  const file = files.get('model.json')
  if (!file) return undefined
  try {
    return linearModelSchema.parse(JSON.parse(file.toString('utf8')))
  } catch (error) {
    throw new ArtifactError(
      `model.json cannot be served: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
