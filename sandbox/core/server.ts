import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { readModel } from '../models/model.ts'
import { answerControl } from './control.ts'
import { handleAws } from './handle.ts'
import { applySeed, type Seed } from './seed.ts'
import type { Answer, RawRequest, Service, ServiceName } from './types.ts'
import type { SandboxWorld } from './world.ts'

const readBody = async (request: IncomingMessage) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const write = (response: ServerResponse, method: string, { status, headers, body }: Answer) => {
  const whole = typeof body === 'string' || Buffer.isBuffer(body)
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-length')
  const length = whole && !named ? { 'content-length': String(Buffer.byteLength(body)) } : {}
  response.writeHead(status, { ...length, ...headers })
  if (method === 'HEAD' || status === 204 || status === 304) response.end()
  else if (whole) response.end(body)
  else pipeline(Readable.from(body), response, () => {})
}

/** A listening server; `url` has no slash at its end. */
export interface SandboxServer {
  readonly url: string
  close(): Promise<void>
}

/** Every operation needs its constraints, else requests would go unvalidated. Throws before the server listens. */
const checkTables = (services: ReadonlyMap<ServiceName, Service>) => {
  for (const { service, operations } of services.values()) {
    const { operations: known } = readModel(service)
    const missing = Object.keys(operations).filter((name) => !known[name])
    if (missing.length > 0) {
      throw new Error(
        `sandbox/models/generated/${service}.json lacks ${missing.join(', ')}: add it to SERVED in generate.py`,
      )
    }
  }
}

/** All accounts, Regions and services on one port of 127.0.0.1; port 0 takes a free one. */
export const serve = async (
  world: SandboxWorld,
  services: ReadonlyMap<ServiceName, Service>,
  { port = 0, seed = {} }: { readonly port?: number; readonly seed?: Seed } = {},
): Promise<SandboxServer> => {
  checkTables(services)
  await applySeed(world, services, seed)
  let url = ''
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request)
    const target = request.url ?? '/'
    const mark = target.indexOf('?')
    // Not `new URL`: it would fold `//` and `..`, which are legal in S3 keys.
    const pathname = mark < 0 ? target : target.slice(0, mark)
    const searchParams = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1))
    const method = request.method ?? 'GET'
    const raw: RawRequest = {
      method,
      path: pathname,
      query: searchParams,
      headers: request.headers,
      body,
      url,
    }
    if (pathname.startsWith('/_sandbox/'))
      return write(response, method, await answerControl({ world, services, seed }, raw))
    for (const service of services.values()) {
      const link = Object.entries(service.links ?? {}).find(([prefix]) => pathname.startsWith(prefix))
      if (link) return write(response, method, link[1](world, raw))
    }
    const outcome = await handleAws(world, services, raw)
    if (outcome === 'reset') request.socket.destroy()
    else if (outcome !== 'hang') write(response, method, outcome)
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      process.stderr.write(`sandbox: ${String(error)}\n`)
      if (response.headersSent) response.destroy()
      else write(response, 'GET', { status: 500, headers: {}, body: String(error) })
    })
  })
  server.keepAliveTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
