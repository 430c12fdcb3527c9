import { createServer, request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'

/**
 * What this machine can do at best: `serve` gives bytes on GET and swallows what is PUT; `copy` streams the one into the
 * other. Two processes, as the sandbox and the worker are.
 */
const chunk = Buffer.alloc(256 * 1024, 1)

function* bytes(size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= chunk.length)
    yield left < chunk.length ? chunk.subarray(0, left) : chunk
}

async function serve(): Promise<void> {
  const server = createServer((incoming, response) => {
    const size = Number(incoming.url?.slice(1))
    if (incoming.method === 'GET') {
      response.writeHead(200, { 'content-length': size })
      Readable.from(bytes(size)).pipe(response)
    } else incoming.on('end', () => response.end()).resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.({ port: (server.address() as AddressInfo).port })
}

async function copy({ port, size }: { readonly port: number; readonly size: number }): Promise<number> {
  const began = performance.now()
  const from = request({ port, host: '127.0.0.1', path: `/${size}` }).end()
  const [source] = (await once(from, 'response')) as [IncomingMessage]
  const to = request({
    port,
    host: '127.0.0.1',
    method: 'PUT',
    path: '/',
    headers: { 'content-length': size },
  })
  const answered = once(to, 'response') as Promise<[IncomingMessage]>
  await pipeline(source, to)
  const [answer] = await answered
  answer.resume()
  return (performance.now() - began) / 1_000
}

if (process.argv[2] === 'serve') await serve()
else
  process.on(
    'message',
    (job: { port: number; size: number }) => void copy(job).then((seconds) => process.send?.({ seconds })),
  )
process.once('disconnect', () => process.exit(0))
