import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigError, isLoopback } from '../worker/environment.ts'
import { createApi, type ApiOptions } from './app.ts'

export interface StartApiOptions extends ApiOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: any free one. */
  readonly port?: number
  /** How long requests that are being answered may still take when the server closes; milliseconds. */
  readonly graceMs?: number
  readonly receiving?: Partial<Receiving>
}

/** How long a client may take to send, so that slow ones do not hold connections; milliseconds. */
export interface Receiving {
  readonly headers: number
  readonly request: number
  /** How often that is looked at. */
  readonly check: number
}

const defaultReceiving: Receiving = { headers: 10_000, request: 30_000, check: 2_000 }

export interface RunningApi {
  /** `http://127.0.0.1:8080`, without a slash at its end. */
  readonly url: string
  /** Takes no new requests, ends event streams, lets the others finish. Harmless when called again. */
  close(): Promise<void>
}

/**
 * Listens. A server that lets people in without a credential refuses any address but loopback.
 * @throws ConfigError, or the error of `listen`
 */
export async function startApi(options: StartApiOptions): Promise<RunningApi> {
  const { host = '127.0.0.1', port = 0, graceMs = 10_000, auth, logger } = options
  if (auth.local && !isLoopback(host)) {
    throw new ConfigError([
      `SLUICE_API_HOST=${host}: must be a loopback address such as 127.0.0.1 as long as SLUICE_AUTH_FILE names no file with credentials`,
    ])
  }
  const api = createApi(options)
  const receiving = { ...defaultReceiving, ...options.receiving }
  const server = createServer(
    {
      headersTimeout: receiving.headers,
      requestTimeout: receiving.request,
      connectionsCheckingInterval: receiving.check,
    },
    api.app,
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)))
    server.listen(port, host, resolve)
  })
  const { port: actual } = server.address() as AddressInfo
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`
  logger.info(
    {
      url,
      credentials: auth.tokens.length,
      issuers: auth.oidc?.map(({ issuer }) => issuer) ?? [],
      anybodyOnLoopback: auth.local !== undefined,
    },
    'the API listens',
  )

  const shutDown = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    api.endStreams()
    server.closeIdleConnections()
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs)
    await closed
    await Promise.race([api.settled(), new Promise((resolve) => setTimeout(resolve, graceMs).unref())])
    clearTimeout(cutOff)
    logger.info({ url }, 'the API has stopped')
  }
  let closing: Promise<void> | undefined
  return { url, close: () => (closing ??= shutDown()) }
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new ConfigError([
      `SLUICE_API_PORT=${port}: something else listens at ${host}:${port}; end it, or name another port.`,
    ])
  if (error.code === 'EADDRNOTAVAIL')
    return new ConfigError([`SLUICE_API_HOST=${host}: this machine has no such address.`])
  return error
}
