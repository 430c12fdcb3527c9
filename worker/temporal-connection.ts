import { Connection, isGrpcServiceError, type ConnectionOptions } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from './environment.ts'
import type { Logger } from './logging.ts'

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
      `Temporal does not answer at ${address} (${reason}): set TEMPORAL_ADDRESS (and TEMPORAL_TLS as that server has it), or run \`npx sluice up\` for one of our own.`,
      { cause: error },
    )
  }
}

/** What gRPC answers with where the namespace is not known; see its list of status codes. */
const notFound = 5

/**
 * Waits until Temporal answers, saying so after every try, and makes sure that it has the namespace. A worker of a namespace
 * that does not exist would never get a task, and an API of one could answer nothing.
 * @throws ConfigError when there is no such namespace
 * @throws TemporalUnreachableError when Temporal answers, but does not let us in
 */
export async function untilTemporalAnswers(settings: TemporalSettings, logger: Logger): Promise<void> {
  for (;;) {
    try {
      return await checkNamespace(settings)
    } catch (error) {
      if (!(error instanceof TemporalUnreachableError) || isRefusal(error.cause)) throw error
      logger.warn(`${error.message} Trying again.`)
      await sleep(1_000)
    }
  }
}

/**
 * Asks Temporal once for the namespace.
 * @throws ConfigError when there is no such namespace
 * @throws TemporalUnreachableError
 */
export async function checkNamespace(settings: TemporalSettings): Promise<void> {
  const { address, namespace } = settings
  const connection = await connectTemporal(settings)
  try {
    await connection.withDeadline(Date.now() + 10_000, () =>
      connection.workflowService.describeNamespace({ namespace }),
    )
  } catch (error) {
    // Whoever may not describe a namespace may still work in it.
    if (!isGrpcServiceError(error) || error.code !== notFound) return
    throw new ConfigError([
      `TEMPORAL_NAMESPACE=${namespace}: Temporal at ${address} has no such namespace; name one that it has, or make this one with infra/temporal/create-namespace.sh`,
    ])
  } finally {
    await connection.close()
  }
}

/** Temporal, or what stands before it, spoke, or the address is none: asking again would be answered alike. */
function isRefusal(cause: unknown): boolean {
  return cause instanceof TypeError || (cause instanceof Error && isGrpcServiceError(cause.cause))
}
