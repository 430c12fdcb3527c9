import { Client } from '@temporalio/client'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { destination } from 'pino'
import { startApi } from '../../api/server.ts'
import { startSandbox, type Sandbox } from '../../sandbox/start.ts'
import { readTogether } from '../../worker/environment.ts'
import { createLogger } from '../../worker/logging.ts'
import { readNotify } from '../../worker/notify-file.ts'
import { bundleWorkflows } from '../../worker/bundle.ts'
import { startWorker } from '../../worker/run.ts'
import { installRuntime } from '../../worker/runtime.ts'
import {
  checkNamespace,
  connectTemporal,
  readTemporalSettings,
  type TemporalSettings,
} from '../../worker/temporal-connection.ts'
import { startTracing } from '../../worker/tracing/start.ts'
import { searchAttributeTypes } from '../../workflows/search-attributes.ts'
import { externalTemporal, startTemporal } from '../embedded/server.ts'
import { inventPeople, type People } from './people.ts'
import { usualPort } from './ports.ts'
import { localAccounts, localWorld } from './world.ts'

export interface StackOptions {
  readonly clockRate: number
  /** SQLite file that keeps Temporal's workflows; without it they are in memory. */
  readonly dbFile?: string
  /** Notifications file; else the one that SLUICE_NOTIFY_FILE names, if it does. */
  readonly notifyFile?: string
  /** Told what is being started, a line each. */
  readonly say: (line: string) => void
}

/** Everything on this machine, running in this process but for Temporal. */
export interface LocalStack {
  readonly apiUrl: string
  readonly sandboxUrl: string
  /** Undefined with a Temporal of somebody else. */
  readonly temporalUiUrl: string | undefined
  readonly temporalAddress: string
  readonly people: People
  /** File with the logs of worker and API. */
  readonly logFile: string
  /** Settles when a part has ended that should not have; the text says which and how. */
  readonly broken: Promise<string>
  /** Stops everything, last started first. Harmless when called again. */
  close(): Promise<void>
}

/**
 * Starts Temporal (unless TEMPORAL_ADDRESS names one), the simulated AWS with the example world, a worker and the API.
 * What has been started is stopped again when a later part fails.
 */
export async function startStack({ clockRate, dbFile, notifyFile, say }: StackOptions): Promise<LocalStack> {
  const notified = notifyFile === undefined ? process.env : { ...process.env, SLUICE_NOTIFY_FILE: notifyFile }
  const [notifyWorker, notifyApi] = readTogether(
    () => readNotify('worker', notified),
    () => readNotify('api', notified),
  )
  // On Node 20 every AWS client would print a page about it; docs/operations.md says it once.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const started: (() => Promise<unknown>)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of started.splice(0).toReversed()) await close().catch(() => {})
  }
  try {
    const logFile = fileURLToPath(new URL('../../.cache/logs/local.log', import.meta.url))
    // One for all of them: a file opened once more is emptied, and two writers overwrite each other's lines.
    const log = destination({ dest: logFile, mkdir: true, append: false, sync: true })
    const logTo = (name: string) => createLogger(name, 'info', log)
    const signingKey = randomBytes(32).toString('hex')
    const people = inventPeople()

    say('starting Temporal, the simulated AWS and the workflows')
    const parts = [
      openTemporal(dbFile, say),
      openSandbox(clockRate),
      bundleWorkflows(logTo('bundle')),
    ] as const
    // All of them first, so that whatever has started can be stopped when another has failed.
    const [temporalPart, sandboxPart] = await Promise.allSettled(parts)
    if (temporalPart.status === 'fulfilled') started.push(temporalPart.value.close)
    if (sandboxPart.status === 'fulfilled') started.push(sandboxPart.value.close)
    const [temporal, sandbox, bundle] = await Promise.all(parts)

    say('starting worker and API')
    const workerLog = logTo('worker')
    installRuntime({ logger: workerLog })
    const tracing = await startTracing('sluice', workerLog)
    if (tracing) started.push(tracing.close)
    const taskQueue = 'sluice'
    const worker = await startWorker({
      temporal: temporal.settings,
      taskQueue,
      clockRate,
      signingKey,
      notify: notifyWorker,
      tracing,
      shutdownGraceMs: 5_000,
      logger: workerLog,
      bundle,
      env: awsEnvironment(sandbox.url),
    })
    started.push(worker.close)

    const connection = await connectTemporal(temporal.settings)
    started.push(() => connection.close())
    const client = new Client({
      connection,
      namespace: temporal.settings.namespace,
      ...(tracing ? { interceptors: { workflow: [tracing.client] } } : {}),
    })
    const api = await startApi({
      client,
      taskQueue,
      auth: people.auth,
      signingKey,
      notify: notifyApi,
      tracing,
      logger: logTo('api'),
      port: (await usualPort('api')) ?? 0,
      graceMs: 2_000,
      requestsPerMinute: 10_000,
      ...(temporal.uiUrl === undefined ? {} : { temporalUiUrl: temporal.uiUrl }),
    })
    started.push(api.close)

    let closing: Promise<void> | undefined
    return {
      apiUrl: api.url,
      sandboxUrl: sandbox.url,
      temporalUiUrl: temporal.uiUrl,
      temporalAddress: temporal.settings.address,
      people,
      logFile,
      broken: Promise.race([
        temporal.ended.then((how) => `Temporal has ended: ${how}`),
        worker.done.then(
          () => 'the worker has ended',
          (error: unknown) => `the worker has failed: ${String(error)}`,
        ),
      ]),
      close: () => (closing ??= closeAll()),
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function openSandbox(clockRate: number): Promise<Sandbox> {
  const [port = 0, seed] = await Promise.all([usualPort('sandbox'), localWorld()])
  return startSandbox({ clockRate, port, seed })
}

interface OpenTemporal {
  readonly settings: TemporalSettings
  readonly uiUrl: string | undefined
  readonly ended: Promise<string>
  close(): Promise<void>
}

async function openTemporal(dbFile: string | undefined, say: (line: string) => void): Promise<OpenTemporal> {
  if (externalTemporal() !== undefined) {
    const settings = readTemporalSettings()
    await checkNamespace(settings)
    return { settings, uiUrl: undefined, ended: new Promise(() => {}), close: async () => {} }
  }
  const [port, uiPort] = [await usualPort('temporal'), await usualPort('ui')]
  const temporal = await startTemporal({
    searchAttributes: searchAttributeTypes,
    log: say,
    ...(dbFile === undefined ? {} : { dbFile }),
    ...(port === undefined ? {} : { port }),
    ...(uiPort === undefined ? {} : { uiPort }),
  })
  const { address, namespace } = temporal
  return {
    settings: { address, namespace, connection: { address } },
    uiUrl: temporal.uiUrl,
    ended: temporal.ended,
    close: temporal.close,
  }
}

/** Nothing of the machine's own AWS configuration may reach the worker of a simulated one. */
function awsEnvironment(url: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: `AKIA${localAccounts.registry}`,
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_REGION: 'eu-west-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  }
}
