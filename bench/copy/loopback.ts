import { createHash } from 'node:crypto'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { pieces } from '../../activities/replication/pieces.ts'

/**
 * What every byte must go through on its way: nothing but the stream; what S3 demands, SHA-256 by who sends, and SHA-256 and MD5
 * by who receives; or what ECR does, base64 in JSON with its SHA-256 by who sends, and the way back and SHA-256 by who receives.
 */
export type Demand = 'stream' | 's3' | 'ecr'

/** One copy to make. */
export interface LoopbackCopy {
  readonly port: number
  readonly size: number
  readonly demand: Demand
}

/**
 * What this machine can do at best: `serve` gives bytes on GET and swallows what is sent; `copy` brings the one to the
 * other. Two processes, as the sandbox and the worker are.
 */
const chunk = Buffer.alloc(256 * 1024, 1)
/** As large as the parts that the worker sends to ECR. */
const partSize = 10 * 1024 ** 2

function* bytes(size: number): Generator<Buffer> {
  for (let left = size; left > 0; left -= chunk.length)
    yield left < chunk.length ? chunk.subarray(0, left) : chunk
}

async function serve(): Promise<void> {
  const server = createServer((incoming, response) => void answer(incoming, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.send?.({ port: (server.address() as AddressInfo).port })
}

async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const what = incoming.url?.slice(1)
  if (incoming.method === 'GET') {
    const size = Number(what)
    response.writeHead(200, { 'content-length': size })
    Readable.from(bytes(size)).pipe(response)
    return
  }
  if (what === 's3') {
    const hashes = [createHash('sha256'), createHash('md5')]
    for await (const piece of incoming) for (const hash of hashes) hash.update(piece as Buffer)
    response.end(hashes.map((hash) => hash.digest('hex')).join())
  } else if (what === 'ecr') {
    const pieces: Buffer[] = []
    for await (const piece of incoming) pieces.push(piece as Buffer)
    const { part } = JSON.parse(Buffer.concat(pieces).toString()) as { part: string }
    response.end(createHash('sha256').update(Buffer.from(part, 'base64')).digest('hex'))
  } else incoming.on('end', () => response.end()).resume()
}

async function copy({ port, size, demand }: LoopbackCopy): Promise<number> {
  const began = performance.now()
  const from = request({ port, host: '127.0.0.1', path: `/${size}` }).end()
  const [source] = (await once(from, 'response')) as [IncomingMessage]
  const send = (length: number) =>
    request({
      port,
      host: '127.0.0.1',
      method: 'PUT',
      path: `/${demand}`,
      headers: { 'content-length': length },
    })
  if (demand === 'ecr') {
    for await (const part of pieces(source, partSize)) {
      const body = Buffer.from(`{"part":"${part.toString('base64')}"}`, 'latin1')
      createHash('sha256').update(body).digest('hex')
      await answerTo(send(body.length).end(body))
    }
  } else {
    const to = send(size)
    const hash = createHash('sha256')
    if (demand === 's3') source.on('data', (piece: Buffer) => hash.update(piece))
    const answered = answerTo(to)
    await pipeline(source, to)
    await answered
    hash.digest('hex')
  }
  return (performance.now() - began) / 1_000
}

async function answerTo(sent: ReturnType<typeof request>): Promise<void> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
}

if (process.argv[2] === 'serve') await serve()
else
  process.on('message', (job: LoopbackCopy) => void copy(job).then((seconds) => process.send?.({ seconds })))
process.once('disconnect', () => process.exit(0))
