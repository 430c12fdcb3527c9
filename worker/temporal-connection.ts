import { Connection, type ConnectionOptions } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { ConfigError } from './environment.ts'

/** Where Temporal is and how to get in; fits `NativeConnection.connect` as well as `Connection.connect`. */
export type TemporalSettings = {
  readonly address: string
  readonly namespace: string
  readonly connection: Pick<ConnectionOptions, 'address' | 'tls'> & {
    apiKey?: string
    metadata?: Record<string, string>
  }
}

/**
 * Reads the settings from Temporal's own variables (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`,
 * `TEMPORAL_TLS_…`) and configuration file (`TEMPORAL_CONFIG_FILE`, `TEMPORAL_PROFILE`), as every Temporal tool does.
 * @throws ConfigError when a profile or a certificate file cannot be read
 */
export function readTemporalSettings(env: NodeJS.ProcessEnv = process.env): TemporalSettings {
  const given = Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  )
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: given })
    const { address = 'localhost:7233', apiKey, tls, metadata } = connectionOptions
    return {
      address,
      namespace: namespace ?? 'default',
      connection: { address, apiKey, tls, metadata: metadata as Record<string, string> | undefined },
    }
  } catch (error) {
    throw new ConfigError([`TEMPORAL_*: ${error instanceof Error ? error.message : String(error)}`])
  }
}

/** Temporal did not answer where the settings say that it is. */
export class TemporalUnreachableError extends Error {
  override name = 'TemporalUnreachableError'
}

/**
 * Connects for starting and asking: the API's side.
 * @throws TemporalUnreachableError
 */
export async function connectTemporal({ address, connection }: TemporalSettings): Promise<Connection> {
  return orUnreachable(address, Connection.connect({ ...connection, connectTimeout: '10s' }))
}

/** What every way to connect fails with: where it looked, and what to do. */
export async function orUnreachable<T>(address: string, connecting: Promise<T>): Promise<T> {
  try {
    return await connecting
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new TemporalUnreachableError(
      `Temporal does not answer at ${address} (${reason}): set TEMPORAL_ADDRESS, or run \`npx sluice up\` for one of our own.`,
      { cause: error },
    )
  }
}
