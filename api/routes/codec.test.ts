import { Client, Connection } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDataConverter } from '../../worker/data-converter.ts'
import { createPayloadCodec } from '../../worker/payload-codec.ts'
import { readPayloadKeys } from '../../worker/payload-keys.ts'
import { localIdentity, type Auth } from '../auth/authenticate.ts'
import { createToken } from '../auth/tokens.ts'
import { startApi, type RunningApi } from '../server.ts'

const keys = readPayloadKeys({ SLUICE_PAYLOAD_KEY: `a:${randomBytes(32).toString('base64')}` })!
const others = readPayloadKeys({ SLUICE_PAYLOAD_KEY: `b:${randomBytes(32).toString('base64')}` })!
const vera = createToken('vera', ['viewer'])
const uiUrl = 'http://127.0.0.1:8233'

function startWith(auth: Auth): Promise<RunningApi> {
  const dataConverter = createDataConverter(keys)
  const connection = Connection.lazy({ address: '127.0.0.1:1' })
  return startApi({
    client: new Client({ connection, ...(dataConverter ? { dataConverter } : {}) }),
    taskQueue: 'x',
    auth,
    logger: pino({ level: 'silent' }),
    temporalUiUrl: `${uiUrl}/`,
  })
}

let api: RunningApi
let open: RunningApi
beforeAll(async () => {
  api = await startWith({ tokens: [vera.entry] })
  open = await startWith({ tokens: [], local: localIdentity })
})
afterAll(async () => {
  await api.close()
  await open.close()
})

const ask = (url: string, body: unknown, headers: Record<string, string>, method = 'POST') =>
  fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
  })

async function sealedWith(codec = createPayloadCodec(keys)): Promise<object> {
  const [payload] = await codec.encode([defaultPayloadConverter.toPayload({ a: 'secret' })!])
  const { metadata = {}, data } = payload!
  const written = Object.entries(metadata ?? {}).map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ])
  return {
    payloads: [{ metadata: Object.fromEntries(written), data: Buffer.from(data!).toString('base64') }],
  }
}

const token = { authorization: `Bearer ${vera.token}` }

test('Temporal’s web UI reads payloads with the token of a viewer, and writes them', async () => {
  const answer = await ask(`${api.url}/codec/decode`, await sealedWith(), { ...token, origin: uiUrl })
  expect(answer.headers.get('access-control-allow-origin')).toBe(uiUrl)
  const opened = (await answer.json()) as { payloads: { data: string }[] }
  expect(Buffer.from(opened.payloads[0]?.data ?? '', 'base64').toString()).toBe('{"a":"secret"}')
  const sealed = await (await ask(`${api.url}/codec/encode`, opened, token)).json()
  expect(JSON.stringify(sealed)).not.toContain(opened.payloads[0]?.data)
  expect(await (await ask(`${api.url}/codec/decode`, sealed, token)).json()).toEqual(opened)
})

test('nobody else does: not without a token, and no page of another origin', async () => {
  const body = await sealedWith()
  expect((await ask(`${api.url}/codec/decode`, body, { origin: uiUrl })).status).toBe(401)
  const foreign = await ask(`${api.url}/codec/decode`, body, { ...token, origin: 'https://evil.example' })
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
  const preflight = (origin: string) => ask(`${api.url}/codec/decode`, undefined, { origin }, 'OPTIONS')
  expect((await preflight(uiUrl)).status).toBe(204)
  expect((await preflight('https://evil.example')).status).toBe(401)
})

test('on loopback without credentials the UI’s own pages are let in, and only to payloads', async () => {
  const body = await sealedWith()
  expect((await ask(`${open.url}/codec/decode`, body, { origin: uiUrl })).status).toBe(200)
  expect((await ask(`${open.url}/codec/decode`, body, { origin: 'http://127.0.0.1:1' })).status).toBe(403)
  expect((await ask(`${open.url}/v1/plans`, body, { origin: uiUrl })).status).toBe(403)
})

test('a payload of a key that is not here is told by its name', async () => {
  const answer = await ask(`${api.url}/codec/decode`, await sealedWith(createPayloadCodec(others)), token)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({
    type: 'urn:sluice:problem:no-payload-key',
    detail: expect.stringContaining('the key b'),
  })
})
