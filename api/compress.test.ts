import express from 'express'
import { once } from 'node:events'
import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { compressJson } from './compress.ts'

const rollouts = Array.from({ length: 50 }, (_, index) => ({ id: `fraud-scorer-${index}`, phase: 'Baking' }))
const server = express()
  .use(compressJson)
  .get('/many', (_request, response) => void response.json({ rollouts }))
  .get('/few', (_request, response) => void response.json({ rollouts: [] }))
  .listen(0, '127.0.0.1')
afterAll(() => server.close())

/** As it comes over the wire: `fetch` would unpack it. */
async function ask(path: string, encodings?: string) {
  if (!server.listening) await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const headers = encodings === undefined ? {} : { 'accept-encoding': encodings }
  const [response] = await once(get({ port, path, headers }), 'response')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const { 'content-encoding': encoding, 'content-type': type, vary } = response.headers
  return { encoding, type, vary, bytes: Buffer.concat(chunks).length }
}

test('a long answer is sent in a fraction of its bytes to who takes that, and as it is to others', async () => {
  const plain = await ask('/many')
  const packed = await ask('/many', 'gzip, br')
  expect(plain).toMatchObject({ encoding: undefined, bytes: JSON.stringify({ rollouts }).length })
  expect(packed).toMatchObject({ encoding: 'gzip', type: plain.type, vary: 'Accept-Encoding' })
  expect(packed.bytes).toBeLessThan(plain.bytes / 5)
  expect((await ask('/many', 'identity')).encoding).toBeUndefined()
  expect((await ask('/few', 'gzip')).encoding).toBeUndefined()
})
