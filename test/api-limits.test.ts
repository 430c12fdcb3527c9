import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createLogger } from '../worker/logging.ts'
import { startIssuer } from '../api/auth/issuer.fixture.ts'
import { startStage, tokenOf, yaml, type Stage } from './support/api-stage.ts'

const lines: string[] = []
const log = createLogger('api', 'trace', { write: (line: string) => void lines.push(line) })

let stage: Stage
beforeAll(async () => {
  stage = await startStage(inject('temporal'), {
    failuresPerMinute: 3,
    trustedProxies: 1,
    logger: log,
    receiving: { headers: 300, request: 600, check: 50 },
  })
})
afterAll(() => stage.close())

const wrong = `Bearer ${'x'.repeat(43)}`
const from = (address: string, authorization?: string) => ({
  headers: { 'x-forwarded-for': address, ...(authorization === undefined ? {} : { authorization }) },
})
const list = async (address: string, authorization?: string) =>
  (await stage.send('GET', '/v1/rollouts', from(address, authorization))).status

describe('whoever guesses tokens', () => {
  test('is not listened to for a while, not even with a right one; others are', async () => {
    const right = `Bearer ${tokenOf('viewer')}`
    expect(await list('192.0.2.1', right)).toBe(200)
    for (let sent = 0; sent < 3; sent += 1) expect(await list('192.0.2.1', wrong)).toBe(401)
    expect(await list('192.0.2.1', wrong)).toBe(429)
    expect(await list('192.0.2.1', right)).toBe(429)
    expect(await list('192.0.2.2', right)).toBe(200)
  })

  test('is counted by network in IPv6', async () => {
    for (const end of ['1', '2', '3']) expect(await list(`2001:db8::${end}`, wrong)).toBe(401)
    expect(await list('2001:db8::ffff', wrong)).toBe(429)
  })

  test('is not who has no token at all, such as a browser', async () => {
    for (let sent = 0; sent < 5; sent += 1) expect(await list('192.0.2.3')).toBe(401)
  })

  test('cannot choose an address while no proxy is believed', async () => {
    const direct = await startStage(inject('temporal'), { failuresPerMinute: 2 })
    const statuses = []
    for (const address of ['192.0.2.4', '192.0.2.5', '192.0.2.6']) {
      statuses.push((await direct.send('GET', '/v1/rollouts', from(address, wrong))).status)
    }
    expect(statuses).toEqual([401, 401, 429])
    await direct.close()
  })
})

test('one credential has its own limit, from wherever it is used', async () => {
  const narrow = await startStage(inject('temporal'), { requestsPerMinute: 4, trustedProxies: 1 })
  const statuses = []
  for (const [who, address] of [
    ['viewer', '192.0.2.1'],
    ['viewer', '192.0.2.2'],
    ['viewer', '192.0.2.3'],
    ['operator', '192.0.2.3'],
  ] as const) {
    const { headers } = from(address, `Bearer ${tokenOf(who)}`)
    statuses.push((await narrow.send('GET', '/v1/rollouts', { headers })).status)
  }
  expect(statuses).toEqual([200, 200, 429, 200])
  await narrow.close()
})

describe('a client that sends slowly', () => {
  test.each([
    ['its headers', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: '],
    [
      'its body',
      `POST /v1/plans HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokenOf('viewer')}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    ],
  ])('%s is cut off', async (_what, beginning) => {
    const socket = connect(Number(new URL(stage.url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(beginning)
    let answer = ''
    socket.on('data', (chunk) => (answer += String(chunk)))
    socket.on('error', () => undefined)
    await once(socket, 'close')
    expect(answer).not.toMatch(/^HTTP\/1\.1 200/)
  })
})

describe('too much', () => {
  const viewer = { as: 'viewer' } as const

  test.each<[string, number, string, string, object]>([
    [
      'a document of more than a megabyte',
      413,
      'POST',
      '/v1/plans',
      { body: 'a'.repeat(1_100_000), headers: yaml },
    ],
    [
      'a decision of more than 16 KiB',
      413,
      'POST',
      '/v1/rollouts/x/abort',
      { as: 'operator', body: { comment: 'a'.repeat(17_000) } },
    ],
    ['half a megabyte of brackets', 422, 'POST', '/v1/plans', { body: '['.repeat(500_000), headers: yaml }],
    [
      'brackets that are closed',
      422,
      'POST',
      '/v1/plans',
      { body: '['.repeat(400_000) + ']'.repeat(400_000) },
    ],
    ['aliases', 422, 'POST', '/v1/plans', { body: '- *a\n'.repeat(200_000), headers: yaml }],
    [
      'keys',
      422,
      'POST',
      '/v1/plans',
      { body: `{${Array.from({ length: 70_000 }, (_, i) => `"k${i}":1`).join(',')}}` },
    ],
    [
      'nesting in a decision',
      400,
      'POST',
      '/v1/rollouts/x/abort',
      { as: 'operator', body: '{"a":'.repeat(3_000) },
    ],
    [
      'a prototype',
      400,
      'POST',
      '/v1/rollouts/x/abort',
      { as: 'operator', body: '{"__proto__":{"comment":"a"},"x":1}' },
    ],
    ['the query', 400, 'GET', `/v1/rollouts?model=${'a'.repeat(4_000)}`, {}],
  ])('%s is answered with %i', async (_what, status, method, path, request) => {
    expect((await stage.send(method, path, { ...viewer, ...request })).status).toBe(status)
    expect((await stage.send('GET', '/healthz')).status).toBe(200)
  })

  test('headers end the connection', async () => {
    const headers = { 'x-much': 'a'.repeat(20_000) }
    expect((await stage.send('GET', '/healthz', { headers })).status).toBe(431)
  })
})

describe('line breaks and the like', () => {
  test.each([
    ['the id of a rollout', 'GET', '/v1/rollouts/x%0d%0aSet-Cookie:%20a=b'],
    ['a path', 'GET', '/v1/rollouts/..%2f..%2fetc%2fpasswd'],
    ['a target', 'GET', '/v1/targets/333333333333/eu-west-1/x%0a%0adata:%20y'],
    ['a filter that ends a query', 'GET', `/v1/rollouts?model=${encodeURIComponent("a' OR '1'='1")}`],
    ['a cursor', 'GET', '/v1/rollouts?cursor=%0d%0a'],
    ['a parameter that stands there twice', 'GET', '/v1/rollouts?model=a&model=b'],
  ])('in %s are refused, and come back in no header', async (_what, method, path) => {
    const { status, headers } = await stage.send(method, path, { as: 'viewer' })
    expect(status).toBe(400)
    expect(headers.get('set-cookie')).toBeNull()
  })

  test.each([
    ['a decision id', { decisionId: 'a\r\nLocation: http://evil.example' }],
    ['a comment that steers a terminal', { comment: 'fine\u001b[2J\u001b]0;x\u0007' }],
    ['a gate', { gate: 'a\u0000b' }],
  ])('in %s are refused', async (_what, body) => {
    expect((await stage.send('POST', '/v1/rollouts/x/abort', { as: 'operator', body })).status).toBe(400)
  })

  test('of people’s own making are fine in a comment', async () => {
    const body = { comment: 'two lines,\nand an äöü\t– ✓' }
    expect((await stage.send('POST', '/v1/rollouts/x/abort', { as: 'operator', body })).status).toBe(404)
  })

  test('a request id is ours, whatever the client calls it', async () => {
    const { headers } = await stage.send('GET', '/healthz', { headers: { 'x-request-id': 'mine' } })
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})

test('no token, right or wrong, stands in a log, an answer or a metric', async () => {
  const issuer = await startIssuer()
  const jwt = await issuer.token()
  await issuer.close()
  const tokens = [tokenOf('viewer'), `sluice_${'w'.repeat(43)}`, jwt, 'hunter2hunter2']
  const seen: string[] = []
  for (const token of tokens) {
    for (const authorization of [`Bearer ${token}`, `Basic ${token}`, token]) {
      const headers = { authorization, 'x-forwarded-for': `198.51.100.${seen.length}` }
      for (const path of ['/v1/rollouts', `/v1/rollouts?token=${token}`, `/v1/nothing`]) {
        const answer = await stage.send('GET', path, { headers })
        seen.push(JSON.stringify([answer.body, ...answer.headers]))
      }
    }
    seen.push(JSON.stringify((await stage.send('GET', `/v1/rollouts?access_token=${token}`)).body))
  }
  seen.push(JSON.stringify((await stage.send('GET', '/metrics', { as: 'viewer' })).body))
  expect(lines.length).toBeGreaterThan(30)
  const all = [...lines, ...seen].join('\n')
  for (const token of tokens) expect(all.includes(token)).toBe(false)
})
