import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { fileNameOf, type BinarySpec } from './binaries.ts'

/** What is known about a cached program, kept beside it as `record.json`. */
export type CacheRecord = { readonly version: string; readonly sha256: string; readonly source: string }

/** A program that one of the sources has written into a work folder. */
export type Fetched = { readonly path: string; readonly sha256: string; readonly source: string }

/** Where programs are kept: `SLUICE_CACHE_DIR`, or `.cache/temporal` in the project. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env.SLUICE_CACHE_DIR || fileURLToPath(new URL('../../.cache/temporal', import.meta.url))
}

/** The folder of one version of one program. */
export function entryFolder(folder: string, spec: BinarySpec): string {
  return join(folder, `${spec.command}-${spec.version}`)
}

/**
 * The cached program, if there is one and it is still what was once fetched. A file that does not match the digest in
 * its record is reported and treated as absent.
 */
export async function readCache(
  folder: string,
  spec: BinarySpec,
  log: (line: string) => void,
): Promise<string | undefined> {
  const entry = entryFolder(folder, spec)
  const path = join(entry, fileNameOf(spec))
  const record = await readRecord(entry)
  if (record === undefined) return undefined
  const sha256 = await digestOf(path)
  if (sha256 === record.sha256) return path
  log(
    `${spec.title}: ${path} is damaged (sha256 ${sha256 ?? 'unreadable'}, recorded ${record.sha256}); fetching it again`,
  )
  return undefined
}

/**
 * Puts a fetched program into the cache in one rename, so that another process sees either nothing or all of it.
 * @returns the program's path in the cache
 */
export async function writeCache(folder: string, spec: BinarySpec, fetched: Fetched): Promise<string> {
  const staged = await workFolder(folder)
  await rename(fetched.path, join(staged, fileNameOf(spec)))
  const record: CacheRecord = { version: spec.version, sha256: fetched.sha256, source: fetched.source }
  await writeFile(join(staged, 'record.json'), `${JSON.stringify(record, null, 2)}\n`)

  const entry = entryFolder(folder, spec)
  const retired = join(await workFolder(folder), 'retired')
  await rename(entry, retired).catch(() => undefined)
  await rename(staged, entry)
  await rm(join(retired, '..'), { recursive: true, force: true })
  return join(entry, fileNameOf(spec))
}

/** A new folder on the cache's own file system, so that a rename out of it is atomic. */
export async function workFolder(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  return mkdtemp(join(folder, '.work-'))
}

/** Removes what fetches that were interrupted left behind. Only for the holder of the lock. */
export async function clearAbandoned(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('.work-'))
  for (const name of names) {
    const { mtimeMs } = await stat(join(folder, name))
    if (Date.now() - mtimeMs > 60 * 60_000) await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** sha256 of a file in hex, or undefined when it cannot be read. */
export async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
    return hash.digest('hex')
  } catch {
    return undefined
  }
}

async function readRecord(entry: string): Promise<CacheRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(join(entry, 'record.json'), 'utf8'))
    if (typeof record === 'object' && record !== null && 'sha256' in record) return record as CacheRecord
  } catch {
    return undefined
  }
  return undefined
}
