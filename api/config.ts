import { z } from 'zod'
import {
  isLoopback,
  parseEnvironment,
  portVariable,
  sharedVariables,
  type CrossCheck,
} from '../worker/environment.ts'
import { checkClockRate } from '../worker/clock-rate.ts'

/** What the API process can be told from outside, apart from the `TEMPORAL_*` and `AWS_*` standards. */
export type ApiConfig = {
  readonly taskQueue: string
  readonly clockRate: number
  readonly logLevel: string
  readonly host: string
  /** 0 = any free port. */
  readonly port: number
  /** File with the hashed tokens and their roles; without one the API listens on loopback only. */
  readonly authFile: string | undefined
  /** Undefined: while no worker is up, only pause and abort can be delivered. */
  readonly signingKey: string | undefined
  /** How long open requests may take to end after SIGTERM. */
  readonly shutdownGraceMs: number
  readonly temporalUiUrl: string | undefined
  /** Proxies in front whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: number
}

const proxies = 'must be how many proxies stand in front, from 0 to 10'

/** What the API reads; the descriptions are its manual. */
export const apiVariables = z.object({
  ...sharedVariables,
  SLUICE_API_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address to listen on; without credentials only loopback; all of them in the image'),
  SLUICE_API_PORT: portVariable.default(8080).describe('port to listen on; 0 takes any free one'),
  SLUICE_AUTH_FILE: z
    .string()
    .optional()
    .describe(
      'file with hashed tokens, issuers, roles and groups, read at boot; without it everybody on this machine may do everything',
    ),
  SLUICE_TRUSTED_PROXIES: z.coerce
    .number({ message: proxies })
    .int(proxies)
    .min(0, proxies)
    .max(10, proxies)
    .default(0)
    .describe(
      'how many proxies stand in front: that many of the last addresses in `X-Forwarded-For` are believed, so that limits count clients',
    ),
})

/**
 * Reads the API's configuration once, at boot.
 * @throws ConfigError that lists every wrong variable
 */
export function readApiConfig(env: NodeJS.ProcessEnv = process.env): ApiConfig {
  const given = parseEnvironment(apiVariables, env, (texts) => [checkClockRate(texts), checkHost(texts)])
  return {
    taskQueue: given.SLUICE_TASK_QUEUE,
    clockRate: given.SLUICE_CLOCK_RATE,
    logLevel: given.SLUICE_LOG_LEVEL,
    host: given.SLUICE_API_HOST,
    port: given.SLUICE_API_PORT,
    authFile: given.SLUICE_AUTH_FILE,
    signingKey: given.SLUICE_SIGNING_KEY,
    shutdownGraceMs: given.SLUICE_SHUTDOWN_GRACE,
    temporalUiUrl: given.SLUICE_TEMPORAL_UI_URL,
    trustedProxies: given.SLUICE_TRUSTED_PROXIES,
  }
}

function checkHost({
  SLUICE_API_HOST: host = '127.0.0.1',
  SLUICE_AUTH_FILE: file,
}: NodeJS.ProcessEnv): CrossCheck {
  const problem =
    'must be a loopback address such as 127.0.0.1 as long as SLUICE_AUTH_FILE names no file with credentials'
  return { name: 'SLUICE_API_HOST', message: file === undefined && !isLoopback(host) ? problem : undefined }
}
