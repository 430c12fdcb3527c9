import { z } from 'zod'
import { checkClockRate } from './clock-rate.ts'
import { parseEnvironment, portVariable, sharedVariables } from './environment.ts'

/** What the worker process can be told from outside, apart from the `TEMPORAL_*` and `AWS_*` standards. */
export type WorkerConfig = {
  readonly taskQueue: string
  /** Every wait of a rollout is divided by it. */
  readonly clockRate: number
  readonly logLevel: string
  /** Undefined: signals count as unverified, and `http` tests go unsigned. */
  readonly signingKey: string | undefined
  /** The freezes of the whole installation. */
  readonly calendarFile: string | undefined
  /** How long running activities may take to end after SIGTERM. */
  readonly shutdownGraceMs: number
  readonly temporalUiUrl: string | undefined
  /** Where Prometheus finds the worker's metrics, `host:port`; undefined when no port is set. */
  readonly metricsAddress: string | undefined
  /** Turns worker versioning on; undefined: tasks go to whichever worker asks first. */
  readonly version: WorkerVersion | undefined
}

/** Which build of which deployment a worker is, in Temporal's worker versioning. */
export type WorkerVersion = {
  readonly deploymentName: string
  readonly buildId: string
}

/** What the worker reads; the descriptions are its manual. */
export const workerVariables = z.object({
  ...sharedVariables,
  SLUICE_CALENDAR_FILE: z
    .string()
    .optional()
    .describe('file with the freezes of several models or all; read again when it has changed'),
  SLUICE_METRICS_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address for metrics; all of them in the image'),
  SLUICE_METRICS_PORT: portVariable
    .optional()
    .describe('where Prometheus finds the metrics, and what the health check asks; 9464 in the image'),
  SLUICE_DEPLOYMENT: z
    .string()
    .regex(/^[\w-]{1,200}$/, 'may have letters, digits, - and _, at most 200')
    .default('sluice')
    .describe('name of the deployment that the build belongs to'),
  SLUICE_BUILD_ID: z
    .string()
    .regex(/^[\w.+-]{1,200}$/, 'may have letters, digits, and - _ . +, at most 200')
    .optional()
    .describe('turns worker versioning on: which build this is'),
})

/**
 * Reads the worker's configuration once, at boot.
 * @throws ConfigError that lists every wrong variable
 */
export function readWorkerConfig(env: NodeJS.ProcessEnv = process.env): WorkerConfig {
  const given = parseEnvironment(workerVariables, env, (texts) => [checkClockRate(texts)])
  return {
    taskQueue: given.SLUICE_TASK_QUEUE,
    clockRate: given.SLUICE_CLOCK_RATE,
    logLevel: given.SLUICE_LOG_LEVEL,
    signingKey: given.SLUICE_SIGNING_KEY,
    calendarFile: given.SLUICE_CALENDAR_FILE,
    shutdownGraceMs: given.SLUICE_SHUTDOWN_GRACE,
    temporalUiUrl: given.SLUICE_TEMPORAL_UI_URL,
    metricsAddress:
      given.SLUICE_METRICS_PORT === undefined
        ? undefined
        : `${given.SLUICE_METRICS_HOST}:${given.SLUICE_METRICS_PORT}`,
    version:
      given.SLUICE_BUILD_ID === undefined
        ? undefined
        : { deploymentName: given.SLUICE_DEPLOYMENT, buildId: given.SLUICE_BUILD_ID },
  }
}
