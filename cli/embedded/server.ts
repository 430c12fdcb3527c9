import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { findTemporalCli, type FindOptions } from './binary.ts'
import { freePorts, isPortTaken } from './ports.ts'
import { waitUntilReady } from './ready.ts'
import { supervise } from './supervise.ts'

/** Everything has a default: namespace `default`, in memory, free ports, with the web UI. */
export type StartOptions = FindOptions & {
  readonly namespace?: string
  /** SQLite file that keeps workflows over restarts; its folder is created. Absent = in memory. */
  readonly dbFile?: string
  readonly port?: number
  readonly uiPort?: number
  /** No web UI; for tests. */
  readonly headless?: boolean
  /** Name → type, as in `workflows/search-attributes.ts`. */
  readonly searchAttributes?: Readonly<Record<string, string>>
  /** Dynamic configuration of the Temporal server, key → JSON value. */
  readonly dynamicConfig?: Readonly<Record<string, unknown>>
  /** Path of the CLI, when it is known already. */
  readonly cliPath?: string
}

/** A Temporal server of our own, listening on loopback only. */
export type EmbeddedTemporal = {
  readonly address: string
  readonly namespace: string
  /** Undefined when headless. */
  readonly uiUrl: string | undefined
  readonly pid: number
  /** Settles when the server has ended, wanted or not; the text says how. */
  readonly ended: Promise<string>
  /** Stops the server and waits until it is gone. Harmless when called again. */
  readonly close: () => Promise<void>
}

const READY_WITHIN_MS = 60_000
const ATTEMPTS = 3

/** The address in `TEMPORAL_ADDRESS`, with which nothing of ours is to be started; undefined when it is not set. */
export function externalTemporal(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.TEMPORAL_ADDRESS || undefined
}

/**
 * Starts `temporal server start-dev`, registers the search attributes, and resolves once it really takes work. The
 * server ends with this process, however that ends.
 * @throws BinaryNotFoundError, or Error with what the server said last
 */
export async function startTemporal(options: StartOptions = {}): Promise<EmbeddedTemporal> {
  const cli = options.cliPath ?? (await findTemporalCli(options))
  if (options.dbFile !== undefined) await mkdir(dirname(resolve(options.dbFile)), { recursive: true })
  for (const [name, port] of Object.entries({ port: options.port, uiPort: options.uiPort })) {
    if (port !== undefined && (await isPortTaken(port))) {
      throw new Error(`Port ${port} (${name}) for the Temporal server is in use: free it or choose another.`)
    }
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(cli, options)
    } catch (error) {
      // A free port may be taken by somebody else before the server binds it.
      const raced = error instanceof Error && /address already in use|bind:/i.test(error.message)
      if (!raced || attempt === ATTEMPTS) throw error
    }
  }
}

async function startOnce(cli: string, options: StartOptions): Promise<EmbeddedTemporal> {
  const { namespace = 'default', searchAttributes = {} } = options
  const free = await freePorts(2)
  const port = options.port ?? free[0] ?? 0
  const uiPort = options.uiPort ?? free[1] ?? 0
  const server = await supervise(cli, serverArguments({ ...options, namespace, port, uiPort }))
  const address = `127.0.0.1:${port}`
  try {
    await waitUntilReady({
      address,
      namespace,
      searchAttributes: Object.keys(searchAttributes),
      deadlineMs: READY_WITHIN_MS,
      gaveUp: server.ended,
    })
  } catch (error) {
    await server.stop()
    const { status, stderr } = await server.ended
    const last = stderr.trim() || (error instanceof Error ? error.message : String(error))
    throw new Error(
      `The Temporal server (${cli}) did not become ready on ${address}; it ended with ${status}: ${last}`,
    )
  }
  return {
    address,
    namespace,
    uiUrl: options.headless ? undefined : `http://127.0.0.1:${uiPort}`,
    pid: server.pid,
    ended: server.ended.then(({ status, stderr }) => `${status}${stderr ? `: ${stderr.trim()}` : ''}`),
    close: server.stop,
  }
}

function serverArguments(
  options: StartOptions & { namespace: string; port: number; uiPort: number },
): readonly string[] {
  const { namespace, port, uiPort, headless, dbFile, searchAttributes = {}, dynamicConfig = {} } = options
  const base = `server start-dev --ip 127.0.0.1 --port ${port} --log-level error`.split(' ')
  return [
    ...base,
    ...(headless ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch']),
    ...(namespace === 'default' ? [] : ['--namespace', namespace]),
    ...(dbFile === undefined ? [] : ['--db-filename', resolve(dbFile)]),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
  ]
}
