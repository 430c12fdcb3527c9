import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Notice } from '../../rollout/notices/types.ts'

/** A receiver of webhooks over HTTP, which checks signatures as docs/notifications.md says. */
export interface Receiver {
  readonly url: string
  /** Everything that came with a valid signature, with what it was answered. */
  readonly got: readonly { readonly notice: Notice; readonly status: number }[]
  /** Why requests were refused. */
  readonly refused: readonly string[]
  /** What is answered from now on; 200 at first. */
  answer(status: (notice: Notice) => number): void
  close(): Promise<void>
}

export async function startReceiver(secret: string): Promise<Receiver> {
  const got: { notice: Notice; status: number }[] = []
  const refused: string[] = []
  let statusOf = (_: Notice): number => 200
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts).toString('utf8')
    const { 'x-sluice-timestamp': timestamp, 'x-sluice-signature': signature } = request.headers
    const age = Math.abs(Date.now() / 1_000 - Number(timestamp))
    const expected = `v1=${createHmac('sha256', secret)
      .update(`${String(timestamp)}.${body}`)
      .digest('hex')}`
    const fits =
      String(signature).length === expected.length &&
      timingSafeEqual(Buffer.from(String(signature)), Buffer.from(expected))
    if (!fits || !(age < 300)) {
      refused.push(`${String(signature)} at ${String(timestamp)}`)
      response.writeHead(401).end()
      return
    }
    const notice = JSON.parse(body) as Notice
    if (request.headers['x-sluice-event-id'] !== notice.id)
      refused.push(`${notice.id}: another id in the header`)
    const status = statusOf(notice)
    got.push({ notice, status })
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    refused,
    answer: (status) => void (statusOf = status),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
