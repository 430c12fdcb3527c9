import { Client } from '@temporalio/client'
import { readFile } from 'node:fs/promises'
import { ConfigError } from '../worker/environment.ts'
import { createLogger } from '../worker/logging.ts'
import { connectTemporal, readTemporalSettings } from '../worker/temporal-connection.ts'
import { localIdentity, type Auth } from './auth/authenticate.ts'
import { parseTokens } from './auth/tokens.ts'
import { readApiConfig } from './config.ts'
import { startApi } from './server.ts'

/** The API process: configuration from the environment, structured logs on stdout, until SIGTERM or SIGINT. */
export async function main(): Promise<void> {
  const { authFile, shutdownGraceMs, logLevel, ...config } = readApiConfig()
  const auth = await readAuth(authFile)
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
  const settings = readTemporalSettings()
  const client = new Client({ connection: await connectTemporal(settings), namespace: settings.namespace })
  const api = await startApi({ ...config, client, auth, logger, graceMs: shutdownGraceMs })
  const signal = await Promise.race(['SIGTERM', 'SIGINT'].map(nextSignal))
  logger.info({ signal }, 'shutting down: open requests may end')
  await api.close()
  // The connection is not closed: a retry of the SDK that meets a closed one throws where nobody can catch.
  process.exit(0)
}

async function readAuth(path: string | undefined): Promise<Auth> {
  if (path === undefined) return { tokens: [], local: localIdentity }
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new ConfigError([`SLUICE_AUTH_FILE=${path}: ${error.message}`])
  })
  return { tokens: parseTokens(text, path) }
}

function nextSignal(signal: string): Promise<string> {
  return new Promise((resolve) => process.once(signal, () => resolve(signal)))
}
