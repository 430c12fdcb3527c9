import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StagingTest } from '../../rollout/document/types.ts'
import type { RunTest } from '../contract.ts'
import {
  account,
  attempt,
  bucket,
  drive,
  failureOf,
  on,
  packageArn,
  place,
  region,
  startActivities,
} from '../world.fixture.ts'
import { constantModel } from '../../sandbox/sagemaker/fixture.ts'

let world: Awaited<ReturnType<typeof startActivities>>

/** Answers twice what it is asked. */
const doubling = {
  'model.json': { kind: 'linear-regression', features: ['a'], coefficients: [[2]], intercept: [0] },
}
const lines = (count: number, answer: (line: number) => number) =>
  Array.from({ length: count }, (_, line) => answer(line)).join('\n')

beforeEach(async () => {
  world = await startActivities({
    seed: {
      buckets: [
        {
          name: bucket,
          account,
          region,
          objects: [
            { key: 'one.tar.gz', files: doubling },
            { key: 'two.tar.gz', bytes: await constantModel(2) },
            { key: 'golden.csv', text: lines(200, (line) => line) },
            { key: 'golden.out', text: lines(200, (line) => line * 2 + 0.005) },
            { key: 'wrong.out', text: `${lines(199, (line) => line * 2)}\n7` },
            { key: 'short.out', text: lines(199, (line) => line * 2) },
            { key: 'empty', text: '' },
          ],
        },
      ],
    },
  })
})
afterEach(() => world.sandbox.close())

const input = (test: StagingTest): RunTest => ({ ...on, test, step: 4, package: packageArn(1), from: place })
const run = async (test: StagingTest) => (await drive(() => world.activities.runTest(input(test)))).value
const invoke = (expected: object, body = '21'): StagingTest => ({
  name: 'smoke',
  kind: 'invoke',
  invoke: { contentType: 'text/csv', body, expect: expected },
})

describe('an invoke test', () => {
  it('passes when status, answer and latency are as expected', async () => {
    expect(await run(invoke({ matches: '^42\\.0', maxLatency: 5_000 }))).toMatchObject({
      passed: true,
      measurements: [
        { step: 4, name: 'smoke: latency (client)', unit: 'ms', limit: 5_000, passed: true },
        { name: 'smoke: answered as expected', value: 1 },
      ],
    })
  })

  it('says what was found and what is allowed, all of it', async () => {
    const { passed, message } = await run(invoke({ matches: '^1', maxLatency: 0.001 }))
    expect(passed).toBe(false)
    expect(message).toMatch(
      /the answer "42\.\d+" does not match \^1; it took [\d.]+ ms, and 0.001 ms are allowed/,
    )
  })

  it('sees the status of the container itself, also where a failure is expected', async () => {
    const refused = await run(invoke({}, 'not a number'))
    expect(refused.message).toMatch(/the answer has status 4\d\d, and 200 is expected/)
    const status = Number(/status (4\d\d)/.exec(refused.message)?.[1])
    expect(await run(invoke({ status }, 'not a number'))).toMatchObject({ passed: true })
  })
})

describe('a dataset test', () => {
  const dataset = (expected: string, more: object = {}): StagingTest => ({
    name: 'golden set',
    kind: 'dataset',
    dataset: {
      input: `s3://${bucket}/golden.csv`,
      expected: `s3://${bucket}/${expected}`,
      contentType: 'text/csv',
      tolerance: 0.01,
      maxErrors: 0,
      ...more,
    },
  })

  it('compares every line within the tolerance, and measures how far off the model is', async () => {
    expect(await run(dataset('golden.out'))).toMatchObject({
      passed: true,
      message: '200 answers are as expected, 0 are not',
      measurements: [
        { name: 'golden set: wrong answers', value: 0, limit: 0, samples: 200 },
        { name: 'golden set: largest difference', value: expect.closeTo(0.005, 5) },
      ],
    })
    expect(world.calls('InvokeEndpoint')).toHaveLength(200)
  })

  it('fails on one wrong line with the line and both answers, unless so many are allowed', async () => {
    const { passed, message } = await run(dataset('wrong.out'))
    expect(passed).toBe(false)
    expect(message).toMatch(/^1 of 200 answers differ .*line 200: expected "7", got "398/)
    expect(await run(dataset('wrong.out', { maxErrors: 1 }))).toMatchObject({ passed: true })
  })

  it('fails when the two objects do not have the same number of lines', async () => {
    expect((await run(dataset('short.out'))).message).toBe(
      'input has more lines than expected, which ends after line 199',
    )
  })

  it('fails when there is nothing to test', async () => {
    const empty = { input: `s3://${bucket}/empty` }
    expect((await run(dataset('empty', empty))).message).toMatch(/empty is empty: nothing was tested/)
  })

  it('of an object that does not exist is no verdict on the model', async () => {
    const failure = await failureOf(() => world.activities.runTest(input(dataset('none'))))
    expect(failure).toMatchObject({ type: 'NotFound', message: expect.stringContaining('S3 GetObject') })
  })

  it('asks again where the endpoint gave no answer', async () => {
    world.arm({ kind: 'internal-error', operation: 'InvokeEndpoint', times: 3 })
    expect(await run(dataset('golden.out'))).toMatchObject({ passed: true })
  })

  it('outlasts a throttle: that two of three requests are not let in says nothing of the model', async () => {
    world.arm({ kind: 'throttle', operation: 'InvokeEndpoint', cycle: { hit: 2, pass: 1 } })
    expect(await run(dataset('golden.out'))).toMatchObject({ passed: true })
  })

  it('of an endpoint that never answers gives every line up, soon', async () => {
    world.arm({ kind: 'throttle', operation: 'InvokeEndpoint', times: 5_000 })
    const { passed, message } = await run(dataset('golden.out'))
    expect(passed).toBe(false)
    expect(message).toMatch(/^200 of 200 answers differ .*status 400: Rate exceeded/)
    expect(world.calls('InvokeEndpoint').length).toBeLessThan(1_000)
  })
})

describe('a load test', () => {
  const load = (more: object = {}): StagingTest => ({
    name: 'load',
    kind: 'load',
    load: {
      requestsPerSecond: 5,
      duration: 40_000,
      contentType: 'text/csv',
      body: '1',
      p95: 5_000,
      maxErrorRate: 0,
      ...more,
    },
  })

  it('sends as many requests as the document says, whatever the clock', async () => {
    const result = await run(load())
    expect(world.calls('InvokeEndpoint')).toHaveLength(200)
    expect(result).toMatchObject({ passed: true, message: '200 requests, 0 failed' })
    expect(result.measurements.map((one) => one.name)).toEqual([
      'load: error rate',
      'load: p50 latency (client)',
      'load: p90 latency (client)',
      'load: p95 latency (client)',
    ])
  })

  it('counts failed requests against the error rate', async () => {
    world.arm({ kind: 'internal-error', operation: 'InvokeEndpoint', times: 10 })
    const { passed, message } = await run(load({ p95: undefined }))
    expect(passed).toBe(false)
    expect(message).toMatch(/^10 of 200 requests failed, and a rate of 0 is allowed \(status 500/)
  })

  it('stops when it is cancelled', async () => {
    const environment = attempt()
    const running = environment.run(() => world.activities.runTest(input(load({ duration: 40_000_000 }))))
    await expect.poll(() => world.calls('InvokeEndpoint').length).toBeGreaterThan(20)
    environment.cancel()
    await expect(running).rejects.toMatchObject({ name: 'CancelledFailure' })
    // Those on their way arrive still; nothing new is sent.
    const sent = world.calls('InvokeEndpoint').length
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(world.calls('InvokeEndpoint').length).toBeLessThanOrEqual(sent + 8)
  })
})

describe('a team’s own test service', () => {
  type Handler = (request: IncomingMessage & { text: string }, response: ServerResponse) => void
  let server: Server
  let url: string
  let seen: {
    readonly method?: string
    readonly path?: string
    readonly headers: IncomingMessage['headers']
    readonly body: string
  }[]

  const serve = async (handle: Handler) => {
    seen = []
    server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const text = Buffer.concat(parts).toString()
      seen.push({ method: request.method, path: request.url, headers: request.headers, body: text })
      handle(Object.assign(request, { text }), response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tests`
  }
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })
  const answer = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  const call = (deadline = Date.now() + 20_000) => {
    const http = { url, timeout: 60_000 }
    const test = { ...input({ name: 'our own', kind: 'http', http }), http, deadline }
    return () => world.activities.runHttpTest(test)
  }

  it('is asked with a signed POST, and its measurements are kept', async () => {
    await serve((_request, response) =>
      answer(response, 200, {
        passed: true,
        measurements: [{ name: 'auc', value: 0.91, unit: 'rate', limit: 0.9 }],
      }),
    )
    const { value } = await drive(call())
    expect(value).toEqual({
      passed: true,
      message: 'passed, says the test service',
      measurements: [
        {
          step: 4,
          target: on.target.key,
          name: 'our own: auc',
          value: 0.91,
          unit: 'rate',
          limit: 0.9,
          passed: true,
        },
      ],
    })
    const [{ body, headers } = { body: '', headers: {} as IncomingMessage['headers'] }] = seen
    expect(JSON.parse(body)).toEqual({
      endpoint: 'fraud',
      account,
      region,
      package: packageArn(1),
      rollout: on.rolloutId,
      idempotencyKey: headers['idempotency-key'],
    })
    const signature = createHmac('sha256', 'key')
      .update(`${headers['x-sluice-timestamp']}.${body}`)
      .digest('hex')
    expect(headers['x-sluice-signature']).toBe(`v1=${signature}`)
  })

  it('that answers 202 is polled where it says, and not asked to begin twice', async () => {
    await serve(({ method }, response) => {
      if (method === 'POST') return answer(response, 202, {}, { location: '/results/7' })
      if (seen.length < 4) return answer(response, 202, {})
      return answer(response, 200, { passed: false, message: 'drift in feature 3' })
    })
    const { value } = await drive(call())
    expect(value).toEqual({ passed: false, message: 'drift in feature 3', measurements: [] })
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /tests',
      ...Array.from({ length: 3 }, () => 'GET /results/7'),
    ])
  })

  it('whose answer was lost is asked again under the same idempotency key', async () => {
    await serve((request, response) =>
      seen.length < 3 ? request.socket.destroy() : answer(response, 200, { passed: true }),
    )
    expect((await drive(call())).value.passed).toBe(true)
    expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  })

  it('that does not answer in time fails the test, and says so', async () => {
    await serve((_request, response) => answer(response, 503, 'later'))
    const { value } = await drive(call(Date.now() + 300))
    expect(value).toMatchObject({
      passed: false,
      message: expect.stringMatching(/^no result in time: .* answered 503/),
    })
  })

  it.each<[string, Handler, RegExp]>([
    [
      'redirects',
      (_r, response) => answer(response, 302, '', { location: 'http://127.0.0.1:1/' }),
      /redirects are not followed/,
    ],
    [
      'sends to another origin',
      (_r, response) => answer(response, 202, { url: 'http://169.254.169.254/' }),
      /only locations under/,
    ],
    [
      'answers something else',
      (_r, response) => answer(response, 200, { ok: true }),
      /no test result \(passed: /,
    ],
    ['refuses', (_r, response) => answer(response, 404, 'no such test'), /answered 404: no such test/],
  ])('that %s is Refused with what to do', async (_title, handle, message) => {
    await serve(handle)
    expect(await failureOf(call())).toMatchObject({
      type: 'Refused',
      message: expect.stringMatching(message),
    })
  })

  it('cannot fill the worker’s memory', async () => {
    await serve((_request, response) => answer(response, 200, 'x'.repeat(300_000)))
    const { value } = await drive(call(Date.now() + 100))
    expect(value.message).toContain('the answer is longer than 262144 bytes')
  })
})
