import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startSandbox, type Sandbox } from '../start.ts'

const bucket = { name: 'models', account: '111111111111', region: 'eu-west-1' }

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ seed: { buckets: [bucket] } })
})
afterAll(() => sandbox.close())
afterEach(() => control('POST', 'reset'))

const control = async (method: string, path: string, body?: unknown): Promise<any> => {
  const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  return { status: answer.status, ...((await answer.json()) as object) }
}
const put = (Key: string) =>
  new S3Client({
    endpoint: sandbox.url,
    region: 'eu-west-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKIA111111111111', secretAccessKey: 'any' },
    maxAttempts: 1,
  }).send(new PutObjectCommand({ Bucket: 'models', Key, Body: Key }))

describe('the control API', () => {
  it.each([
    ['a path it does not have', 'GET', 'nothing', undefined, 404, 'there are: GET health'],
    [
      'a fault of an unknown kind',
      'POST',
      'faults',
      { kind: 'sloow' },
      400,
      "found 'sloow'; allowed: throttle",
    ],
    ['a fault with a wrong member', 'POST', 'faults', { kind: 'slow', time: 1 }, 400, 'time'],
    ['a seed with an unknown key', 'POST', 'seed', { bucket: [] }, 400, 'unknown key bucket; allowed: roles'],
    [
      'a bucket without a Region',
      'POST',
      'seed',
      { buckets: [{ name: 'x', account: '111111111111' }] },
      400,
      'needs name, account',
    ],
    [
      'an unknown part of the state',
      'GET',
      'state?part=cars',
      undefined,
      400,
      "found 'cars'; allowed: roles",
    ],
    ['an unknown control', 'POST', 'control/fly', {}, 404, "found 'fly'; allowed: "],
    ['a latency below zero', 'PUT', 'latency', { readMs: -1, writeMs: 0 }, 400, 'readMs'],
  ])('refuses %s and says what is allowed', async (_what, method, path, body, status, text) => {
    expect(await control(method, path, body)).toMatchObject({ status, error: expect.stringContaining(text) })
  })

  it('refuses a body that is no JSON', async () => {
    const answer = await fetch(`${sandbox.url}/_sandbox/seed`, { method: 'POST', body: '{' })
    expect(await answer.json()).toEqual({ error: 'the body must be JSON' })
  })

  it('arms, lists and clears faults', async () => {
    const { armed } = await control('POST', 'faults', [{ kind: 'throttle', times: 3 }, { kind: 'hang' }])
    expect((await control('GET', 'faults')).faults).toMatchObject([
      { kind: 'throttle', left: 3 },
      { kind: 'hang' },
    ])
    expect(await control('DELETE', `faults/${armed[1].id}`)).toMatchObject({ cleared: 1 })
    await expect(put('a')).rejects.toMatchObject({ name: 'SlowDown' })
    expect((await control('GET', 'faults')).faults).toMatchObject([{ left: 2, taken: 1 }])
    expect(await control('DELETE', 'faults')).toMatchObject({ cleared: 1 })
    await put('a')
  })

  it('shows calls by service, operation and error, and forgets them', async () => {
    await put('a')
    await control('POST', 'faults', { kind: 'throttle' })
    await put('b').catch(() => {})
    expect(await control('GET', 'calls?service=s3&error=')).toMatchObject({
      total: 1,
      calls: [{ operation: 'PutObject', summary: expect.stringContaining('Key=a') }],
    })
    expect((await control('GET', 'calls?error=SlowDown')).total).toBe(1)
    await control('DELETE', 'calls')
    expect((await control('GET', 'calls')).total).toBe(0)
  })

  it('shows the whole state, or one part of it', async () => {
    await put('a')
    const state = await control('GET', 'state')
    expect(Object.keys(state)).toEqual(expect.arrayContaining(['roles', 'buckets', 'repositories', 'alarms']))
    expect((await control('GET', 'state?part=buckets')).buckets).toMatchObject([
      { name: 'models', accountId: '111111111111', objects: [{ key: 'a', size: 1 }] },
    ])
  })

  it('adds to the world, and resets it to what it started with', async () => {
    const objects = [{ key: 'seeded', json: { a: 1 } }]
    await control('POST', 'seed', { buckets: [{ ...bucket, objects }] })
    const keys = async () =>
      (await control('GET', 'state?part=buckets')).buckets.flatMap((one: any) =>
        one.objects.map((object: any) => object.key),
      )
    expect(await keys()).toEqual(['seeded'])
    expect(await control('POST', 'reset')).toMatchObject({ seeded: ['buckets'] })
    expect(await keys()).toEqual([])
    await control('POST', 'reset', { empty: true })
    expect((await control('GET', 'state?part=buckets')).buckets).toEqual([])
  })

  it('tells the time and the rate', async () => {
    expect(await control('GET', 'health')).toMatchObject({ status: 'ok', clockRate: 1 })
    expect(await control('GET', 'clock')).toMatchObject({ rate: 1, now: expect.stringMatching(/Z$/) })
    await control('PUT', 'latency', { readMs: 1, writeMs: 2 })
    expect(await control('GET', 'latency')).toMatchObject({ readMs: 1, writeMs: 2 })
  })
})

describe('events', () => {
  const received: any[] = []
  let listener: Server
  let url: string
  beforeAll(async () => {
    listener = createServer((request, response) => {
      request.setEncoding('utf8')
      let text = ''
      request.on('data', (chunk: string) => (text += chunk))
      request.on('end', () => {
        received.push(JSON.parse(text))
        response.end()
      })
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/events`
  })
  afterAll(() => void listener.close())

  const emit = (n: number) =>
    sandbox.world.emit({ accountId: '111111111111', region: 'eu-west-1', detailType: 'Test', detail: { n } })

  it('are recorded in the envelope of EventBridge', async () => {
    emit(1)
    expect((await control('GET', 'events')).events).toMatchObject([
      {
        version: '0',
        'detail-type': 'Test',
        source: 'aws.sagemaker',
        account: '111111111111',
        region: 'eu-west-1',
        detail: { n: 1 },
      },
    ])
  })

  it('are delivered twice and in the wrong order when asked', async () => {
    await control('PUT', 'event-targets', [{ url, duplicates: true, outOfOrder: true }])
    emit(1)
    emit(2)
    await vi.waitFor(() => expect(received).toHaveLength(4), { timeout: 5000 })
    expect(received.map((one) => one.detail.n)).toEqual([2, 2, 1, 1])
    expect(new Set(received.map((one) => one.id)).size).toBe(2)
  })
})
