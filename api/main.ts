import { Client } from '@temporalio/client'
import { readFileSync } from 'node:fs'
import { ConfigError, readTogether } from '../worker/environment.ts'
import { createDataConverter } from '../worker/data-converter.ts'
import { createLogger } from '../worker/logging.ts'
import { readNotify } from '../worker/notify-file.ts'
import { readPayloadKeys } from '../worker/payload-keys.ts'
import { untilStopped } from '../worker/signals.ts'
import { connectTemporal, readTemporalSettings, untilTemporalAnswers } from '../worker/temporal-connection.ts'
import { readTracing, startTracing } from '../worker/tracing/start.ts'
import { localIdentity, type Auth } from './auth/authenticate.ts'
import { parseCredentials } from './auth/credentials-file.ts'
import { createOidcIssuer } from './auth/oidc-issuer.ts'
import { readApiConfig } from './config.ts'
import { startApi } from './server.ts'

/** The API process: configuration from the environment, structured logs on stdout, until SIGTERM or SIGINT. */
export async function main(): Promise<void> {
  const stopped = untilStopped()
  const [{ shutdownGraceMs, logLevel, ...config }, auth, settings, notify, payloadKeys] = readTogether(
    readApiConfig,
    () => readAuth(process.env.SLUICE_AUTH_FILE || undefined),
    readTemporalSettings,
    () => readNotify('api', process.env),
    readPayloadKeys,
    readTracing,
  )
  const logger = createLogger('api', logLevel)
  if (config.signingKey === undefined) {
    logger.warn(
      'SLUICE_SIGNING_KEY is not set: rollouts can only be paused and aborted; give worker and API the same key',
    )
  }
  if (auth.local) {
    logger.warn(
      'SLUICE_AUTH_FILE is not set: everybody on this machine may do everything, and nobody else anything',
    )
  }
  const tracing = await startTracing('sluice-api', logger)
  const start = async () => {
    const { namespace } = settings
    const dataConverter = createDataConverter(payloadKeys)
    await untilTemporalAnswers(settings, logger)
    const connection = await connectTemporal(settings)
    const client = new Client({
      connection,
      namespace,
      ...(dataConverter ? { dataConverter } : {}),
      ...(tracing ? { interceptors: { workflow: [tracing.client] } } : {}),
    })
    return startApi({ ...config, client, auth, notify, tracing, logger, graceMs: shutdownGraceMs })
  }
  // Temporal may be slow to answer: who is told to stop meanwhile does not wait for it.
  const api = await Promise.race([start(), stopped.then(() => undefined)])
  const signal = await stopped
  logger.info({ signal }, api ? 'shutting down: open requests may end' : 'shutting down before it listened')
  await api?.close()
  await tracing?.close()
  // The connection is not closed: a retry of the SDK that meets a closed one throws where nobody can catch.
  process.exit(0)
}

function readAuth(path: string | undefined): Auth {
  if (path === undefined) return { tokens: [], local: localIdentity }
  const { tokens, oidc } = parseCredentials(readText(path), path)
  return { tokens, oidc: oidc.map((settings) => createOidcIssuer(settings)) }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError([`SLUICE_AUTH_FILE=${path}: ${(error as Error).message}`])
  }
}
