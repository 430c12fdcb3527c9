import { createServer, request as httpRequest } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Client, Connection } from '@temporalio/client'
import { pino } from 'pino'
import { problems } from '../api/errors.ts'
import { startApi } from '../api/server.ts'
import {
  documentOf,
  send,
  startStage,
  tokenOf,
  withoutTokens,
  withTokens,
  yaml,
  type Stage,
} from './support/api-stage.ts'

let guarded: Stage
let open: Stage
beforeAll(async () => {
  guarded = await startStage(inject('temporal'))
  open = await startStage(inject('temporal'), { auth: withoutTokens })
  await guarded.startWorker()
})
afterAll(async () => {
  await guarded.close()
  await open.close()
})

const everyPath: readonly [method: string, path: string][] = [
  ['POST', '/v1/plans'],
  ['POST', '/v1/rollouts'],
  ['GET', '/v1/rollouts'],
  ['GET', '/v1/rollouts/x'],
  ['GET', '/v1/rollouts/x/plan'],
  ['GET', '/v1/rollouts/x/events'],
  ['POST', '/v1/rollouts/x/approve'],
  ['GET', '/v1/targets/333333333333/eu-west-1/x'],
  ['GET', '/metrics'],
  ['GET', '/v1/nothing'],
]

describe('a server with credentials', () => {
  test.each(everyPath)('%s %s is for nobody without a token', async (method, path) => {
    const { status, headers, body } = await guarded.send(method, path)
    expect([status, body.type]).toEqual([401, 'urn:sluice:problem:unauthenticated'])
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
  })

  test.each([
    ['a token that is not known', `Bearer ${tokenOf('viewer').slice(0, -1)}`],
    ['the hash instead of the token', `Bearer ${withTokens.tokens[0]?.sha256 ?? ''}`],
    ['another scheme', `Basic ${tokenOf('viewer')}`],
    ['nothing behind the scheme', 'Bearer '],
    ['two tokens', `Bearer ${tokenOf('viewer')} ${tokenOf('viewer')}`],
  ])('does not let in %s', async (_what, authorization) => {
    expect((await guarded.send('GET', '/v1/rollouts', { headers: { authorization } })).status).toBe(401)
  })

  test('says to anybody that it lives, that it is ready, and what it can do', async () => {
    for (const path of ['/healthz', '/readyz', '/openapi.json'])
      expect((await guarded.send('GET', path)).status).toBe(200)
  })
})

describe('a server without credentials', () => {
  test('takes whoever asks on this machine for `local`', async () => {
    expect((await open.send('GET', '/v1/rollouts')).status).toBe(200)
  })

  test.each([
    ['the name that a page gave this address (DNS rebinding)', { host: 'evil.example' }],
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page in a sandboxed frame', { origin: 'null' }],
    ['another port of this machine', { origin: 'http://localhost:1' }],
    ['a link on another site', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s', async (_what, headers) => {
    const { status, body } = await raw(open.url, headers)
    expect([status, body.type]).toEqual([403, 'urn:sluice:problem:foreign-origin'])
  })

  test.each([
    ['a page of its own', (url: string) => ({ origin: url, 'sec-fetch-site': 'same-origin' })],
    ['localhost', (url: string) => ({ host: `localhost:${new URL(url).port}` })],
    ['IPv6 loopback', () => ({ host: '[::1]:8080' })],
  ])('answers %s', async (_what, headers) => {
    expect((await raw(open.url, headers(open.url))).status).toBe(200)
  })

  test('does not take a wrong token for `local`', async () => {
    expect((await open.send('GET', '/v1/rollouts', { as: 'viewer' })).status).toBe(401)
  })

  test('refuses to listen where others could reach it', async () => {
    const options = { client: open.client, taskQueue: 'x', logger: pino({ level: 'silent' }) }
    await expect(startApi({ ...options, auth: withoutTokens, host: '0.0.0.0' })).rejects.toThrow(
      /SLUICE_API_HOST=0\.0\.0\.0: must be a loopback address/,
    )
  })
})

describe('every error', () => {
  test.each<[string, string, object, number, keyof typeof problems]>([
    ['GET', '/nowhere', {}, 404, 'not-found'],
    ['DELETE', '/v1/rollouts', {}, 405, 'method-not-allowed'],
    ['GET', '/v1/plans', {}, 405, 'method-not-allowed'],
    ['GET', '/v1/rollouts/%E0%A4%A', {}, 400, 'invalid-request'],
    ['POST', '/v1/rollouts/x/abort', { body: '{"comment":' }, 400, 'malformed-body'],
    ['POST', '/v1/rollouts/x/abort', { body: '{"comment":7}' }, 400, 'invalid-request'],
    [
      'POST',
      '/v1/rollouts/x/abort',
      { body: 'a=b', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported-media-type',
    ],
    ['GET', '/v1/targets/1/eu-west-1/x', {}, 400, 'invalid-request'],
  ])(
    '%s %s %j is a problem with type, status, title, detail and cure',
    async (method, path, request, status, problem) => {
      const answer = await guarded.send(method, path, { as: 'approver', ...request })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        status,
        'application/problem+json; charset=utf-8',
      ])
      expect(answer.body).toMatchObject({
        type: `urn:sluice:problem:${problem}`,
        title: problems[problem].title,
        cure: problems[problem].cure,
        status,
        detail: expect.stringMatching(/\S/),
        requestId: answer.headers.get('x-request-id'),
      })
    },
  )

  test('of Temporal itself is told as one, without what was behind it', async () => {
    const nobody = createServer().listen(0, '127.0.0.1')
    await once(nobody, 'listening')
    const connection = Connection.lazy({
      address: `127.0.0.1:${(nobody.address() as { port: number }).port}`,
    })
    nobody.close()
    const api = await startApi({
      client: new Client({ connection }),
      taskQueue: 'x',
      auth: withTokens,
      logger: pino({ level: 'silent' }),
      deadlines: { query: 300, call: 300 },
    })
    for (const path of ['/readyz', '/v1/rollouts', '/v1/rollouts/x']) {
      const { status, body } = await send(api.url, 'GET', path, { as: 'viewer' })
      expect([status, body.type]).toEqual([503, 'urn:sluice:problem:temporal-unavailable'])
    }
    expect((await send(api.url, 'GET', '/healthz')).status).toBe(200)
    // The connection stays open: the SDK's retries throw where nobody can catch when they meet a closed one.
    await api.close()
  })

  test('of too many requests says when to come back', async () => {
    const stage = await startStage(inject('temporal'), { requestsPerMinute: 4 })
    const answers = []
    for (let sent = 0; sent < 3; sent += 1)
      answers.push(await stage.send('GET', '/v1/rollouts', { as: 'viewer' }))
    await stage.close()
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
    expect(answers[2]).toMatchObject({ body: { type: 'urn:sluice:problem:too-many-requests' } })
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('metrics', () => {
  test('count requests by route, decisions, and rollouts by phase and outcome', async () => {
    const { body } = await guarded.send('POST', '/v1/rollouts', {
      as: 'operator',
      body: documentOf('measured'),
      headers: yaml,
    })
    await guarded.send('POST', `/v1/rollouts/${body.id}/abort`, { as: 'operator' })
    const { body: text } = await guarded.send('GET', '/metrics', { as: 'viewer' })
    expect(text).toMatch(
      /sluice_http_request_duration_seconds_count\{method="POST",route="\/v1\/rollouts\/:id\/abort",status="200"\} \d+/,
    )
    await guarded.send('POST', `/v1/rollouts/${body.id}/retry`, { as: 'operator' })
    await guarded.send('POST', `/v1/rollouts/${body.id}/abort`, { as: 'viewer' })
    const { body: again } = await guarded.send('GET', '/metrics', { as: 'viewer' })
    const routes = [...again.matchAll(/_seconds_count\{method="POST",route="([^"]*)"/g)].map(([, one]) => one)
    expect(routes).toEqual(expect.arrayContaining(['/v1/rollouts/:id/retry', '/v1/rollouts/:id/abort']))
    expect(routes.filter((route) => !route.startsWith('/v1/') && route !== 'none')).toEqual([])
    expect(again).toMatch(/route="\/v1\/rollouts\/:id\/abort",status="403"/)
    expect(text).toMatch(/sluice_decisions_total\{verb="abort",result="accepted"\} 1/)
    expect(text).toMatch(/sluice_rollouts\{phase="Baking"\} \d+/)
    expect(text).toMatch(/sluice_rollout_phase_age_seconds\{phase="Baking"\} \d+/)
    expect(text).toMatch(/sluice_rollouts_ended\{outcome="Aborted"\} \d+/)
    expect(text).not.toContain(body.id)
  })
})

/** With headers that `fetch` would not send. */
async function raw(url: string, headers: Record<string, string>): Promise<{ status: number; body: any }> {
  const request = httpRequest(`${url}/v1/rollouts`, { headers }).end()
  const [response] = await once(request, 'response')
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { status: response.statusCode, body: JSON.parse(text) }
}
