import { setMaxListeners } from 'node:events'
import { Client, Connection } from '@temporalio/client'
import {
  NativeConnection,
  Worker,
  type WorkerInterceptors,
  type WorkerOptions as TemporalOptions,
  type WorkflowBundle,
} from '@temporalio/worker'
import { createAws } from '../activities/aws/clients.ts'
import { joinObservers, type CallObservers } from '../activities/aws/observe-calls.ts'
import { createActivities, createWaiting } from '../activities/index.ts'
import { createNoticeActivities } from '../activities/notices/index.ts'
import { noticesQueue, waitsQueue } from '../workflows/messages.ts'
import { emptyCalendar, type Calendar, type Dependencies } from '../activities/dependencies.ts'
import type { Stay } from '../activities/poll.ts'
import { bundleWorkflows } from './bundle.ts'
import type { WorkerVersion } from './config.ts'
import { createDataConverter } from './data-converter.ts'
import { keepHeapsSmall } from './heap.ts'
import type { Logger } from './logging.ts'
import type { Notify } from './notify-file.ts'
import type { PayloadKeys } from './payload-keys.ts'
import { countAwsCalls } from './runtime.ts'
import { noSpans, type Tracing } from './tracing/start.ts'
import { orUnreachable, type TemporalSettings } from './temporal-connection.ts'

export interface WorkerOptions {
  readonly temporal: TemporalSettings
  readonly taskQueue: string
  readonly clockRate: number
  readonly signingKey?: string | undefined
  /** Where notices go; without it nobody is told. */
  readonly notify?: Notify | undefined
  /** Encrypts what Temporal keeps; without them it stays readable there. */
  readonly payloadKeys?: PayloadKeys | undefined
  readonly shutdownGraceMs: number
  /** Freezes of the whole installation; none when absent. */
  readonly calendar?: Calendar | undefined
  readonly logger: Logger
  /** Where the AWS SDK finds credentials and endpoints; default the process's. */
  readonly env?: NodeJS.ProcessEnv
  /** Made anew when absent. */
  readonly bundle?: WorkflowBundle
  /** How long a task waits for the worker that has the workflow in memory; short where workers get killed. */
  readonly stickyTimeoutMs?: number
  /** With one, this worker gets no task until a person makes its build the current one. */
  readonly version?: WorkerVersion | undefined
  /** Each look at alarms is an attempt: where the server's time runs ahead of this machine's, one that sleeps would be late. */
  readonly watchByRetries?: boolean
  /** Around everything that the worker runs; see Temporal's SDK. */
  readonly interceptors?: WorkerInterceptors
  /** Told of every attempt at AWS, beside metrics and traces. */
  readonly observers?: CallObservers
  readonly tracing?: Tracing | undefined
}

export interface RunningWorker {
  /** Ends with an error if the worker fails for good. */
  readonly done: Promise<void>
  /** Lets running activities end, within the grace time. Harmless when called again. */
  close(): Promise<void>
}

/**
 * Workflows kept in memory, each some half a MiB; the SDK's own limit would let them fill several GiB. Those that bake need no
 * memory, and are read again from their histories when something happens; a rollout over 200 targets fits whole.
 */
const mostCachedWorkflows = 350

/** Notices have slots of their own: receivers that hang must never take one from a rollout. */
const mostNotices = 50

/** What waits sleeps most of its time; a watch that finds no slot would be blind. */
const mostWaits = 10_000

/** Ends now and then, so that a worker that was added gets its share. */
function watchAttempts({ watchByRetries }: WorkerOptions, leave: AbortSignal): Stay | undefined {
  return watchByRetries ? undefined : { atMost: 5 * 60_000, longestWait: 55_000, leave }
}

/** Polls one task queue for workflows and activities until it is closed. The runtime must be installed before. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  keepHeapsSmall()
  const { temporal, taskQueue, clockRate, logger, env = process.env, tracing } = options
  const dataConverter = createDataConverter(options.payloadKeys)
  const encoding = dataConverter ? { dataConverter } : {}
  const bundle = options.bundle ?? (await bundleWorkflows(logger, dataConverter !== undefined))
  const native = await orUnreachable(temporal.address, NativeConnection.connect(temporal.connection))
  const connection = await Connection.connect(temporal.connection)
  const client = new Client({ connection, namespace: temporal.namespace, ...encoding })
  const aws = createAws({
    clockRate,
    env,
    ...joinObservers({ onCall: countAwsCalls() }, tracing?.calls, options.observers),
  })
  const dependencies: Dependencies = {
    aws,
    clockRate,
    // A retry by the server takes about a second: only clocks that run fast have shorter waits.
    stay: clockRate > 1 ? { atMost: 3_000, longestWait: 1_000 } : undefined,
    calendar: options.calendar ?? emptyCalendar,
    temporal: client,
    signingKey: options.signingKey,
  }
  const interceptors: WorkerInterceptors = {
    ...options.interceptors,
    activity: [...(tracing ? [tracing.activities] : []), ...(options.interceptors?.activity ?? [])],
  }
  const worker = await Worker.create({
    connection: native,
    namespace: temporal.namespace,
    taskQueue,
    workflowBundle: bundle,
    ...encoding,
    activities: createActivities(dependencies),
    shutdownGraceTime: options.shutdownGraceMs,
    maxConcurrentActivityTaskExecutions: 100,
    maxCachedWorkflows: mostCachedWorkflows,
    interceptors,
    sinks: tracing?.sinks ?? noSpans,
    ...(options.stickyTimeoutMs === undefined
      ? {}
      : { stickyQueueScheduleToStartTimeout: options.stickyTimeoutMs }),
    ...versioning(options.version),
  })
  const leaving = new AbortController()
  setMaxListeners(0, leaving.signal)
  const waits = await Worker.create({
    connection: native,
    namespace: temporal.namespace,
    taskQueue: waitsQueue(taskQueue),
    ...encoding,
    activities: createWaiting(dependencies, watchAttempts(options, leaving.signal)),
    shutdownGraceTime: options.shutdownGraceMs,
    maxConcurrentActivityTaskExecutions: mostWaits,
    interceptors: { activity: interceptors.activity ?? [] },
    ...versioning(options.version),
  })
  const notices = await Worker.create({
    connection: native,
    namespace: temporal.namespace,
    taskQueue: noticesQueue(taskQueue),
    ...encoding,
    activities: createNoticeActivities({ aws, clockRate, temporal: client, notify: options.notify }),
    shutdownGraceTime: options.shutdownGraceMs,
    maxConcurrentActivityTaskExecutions: mostNotices,
    maxConcurrentActivityTaskPolls: 2,
    ...(tracing ? { interceptors: { activity: [tracing.activities] } } : {}),
  })
  const workers = [worker, waits, notices]
  const stop = (): void => {
    leaving.abort()
    for (const one of workers) if (one.getState() === 'RUNNING') one.shutdown()
  }
  // One without the others is only part of a worker: whichever ends first ends all.
  const done = Promise.allSettled(workers.map((one) => one.run().finally(stop))).then(async (ends) => {
    await connection.close()
    await native.close()
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  })
  done.catch((error: unknown) => logger.error({ err: error }, 'the worker failed'))
  logger.info(
    {
      taskQueue,
      namespace: temporal.namespace,
      address: temporal.address,
      clockRate,
      ...options.version,
    },
    'the worker polls',
  )
  return {
    done,
    async close() {
      stop()
      await done
    },
  }
}

/**
 * A rollout goes on with the newest code: it may wait for weeks, and a repair must reach it too. Pinned, it would stand
 * still, unwatched, as soon as its old workers are gone, and an ended one could not be read any more.
 */
function versioning(version: WorkerVersion | undefined): Pick<TemporalOptions, 'workerDeploymentOptions'> {
  if (version === undefined) return {}
  return {
    workerDeploymentOptions: {
      version,
      useWorkerVersioning: true,
      defaultVersioningBehavior: 'AUTO_UPGRADE',
    },
  }
}
