import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { startIssuer } from '../api/auth/issuer.fixture.ts'
import { createOidcIssuer } from '../api/auth/oidc-issuer.ts'
import { oidcSettings } from '../api/auth/oidc-settings.ts'
import { startApi } from '../api/server.ts'
import { documentOf, startStage, tokenOf, yaml, type Stage } from './support/api-stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await startStage(inject('temporal'))
  await stage.startWorker()
})
afterAll(() => stage.close())

async function start(): Promise<string> {
  const { body } = await stage.send('POST', '/v1/rollouts', {
    as: 'operator',
    body: documentOf('followed'),
    headers: yaml,
  })
  return body.id as string
}

interface Following {
  readonly status: number
  next(): Promise<EventSourceMessage | undefined>
  /** Everything until an event of this kind, that one included. */
  until(event: string): Promise<EventSourceMessage[]>
  leave(): Promise<void>
}

async function follow(id: string, lastEventId?: string): Promise<Following> {
  const abort = new AbortController()
  const response = await fetch(`${stage.url}/v1/rollouts/${id}/events`, {
    signal: abort.signal,
    headers: {
      authorization: `Bearer ${tokenOf('viewer')}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  })
  const reader = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader()
  const next = async () => (await reader?.read())?.value
  return {
    status: response.status,
    next,
    async until(event) {
      const seen: EventSourceMessage[] = []
      for (let one = await next(); one; one = await next()) {
        seen.push(one)
        if (one.event === event) break
      }
      return seen
    },
    async leave() {
      abort.abort()
      await reader?.closed.catch(() => undefined)
    },
  }
}

test('a stream tells the timeline from its beginning, the state, every change, and the end', async () => {
  const id = await start()
  const stream = await follow(id)
  const [first, state] = [await stream.next(), await stream.next()]
  expect(first).toMatchObject({ event: 'timeline', id: '1' })
  expect(JSON.parse(first?.data ?? '').text).toBe('began\r\nwith two lines')
  expect(JSON.parse(state?.data ?? '')).toMatchObject({ id, phase: 'AwaitingApproval' })
  await stage.send('POST', `/v1/rollouts/${id}/approve`, { as: 'approver' })
  const rest = await stream.until('end')
  const timeline = rest.filter(({ event }) => event === 'timeline').map(({ id }) => id)
  expect(timeline).toEqual(['2', '3'])
  expect(JSON.parse(rest.at(-1)?.data ?? '')).toMatchObject({ id, phase: 'Ended', outcome: 'Succeeded' })
  expect(await stream.next()).toBeUndefined()
})

test('Last-Event-ID goes on where the client was cut off, and after the end there is nothing to come back for', async () => {
  const id = await start()
  await stage.send('POST', `/v1/rollouts/${id}/approve`, { as: 'approver' })
  await stage.client.workflow.getHandle(`rollout/${id}`).result()
  const resumed = await (await follow(id, '2')).until('end')
  expect(resumed.filter(({ event }) => event === 'timeline').map(({ id }) => id)).toEqual(['3'])
  const { id: last } = resumed.at(-1) as EventSourceMessage
  expect((await follow(id, last)).status).toBe(204)
})

test('many listeners get the same events from one poll', async () => {
  const id = await start()
  const streams = await Promise.all([follow(id), follow(id), follow(id)])
  await stage.send('POST', `/v1/rollouts/${id}/abort`, { as: 'operator' })
  const seen = await Promise.all(streams.map((stream) => stream.until('end')))
  const timelines = seen.map((events) =>
    events.filter(({ event }) => event === 'timeline').map(({ data }) => data),
  )
  expect(timelines[0]?.length).toBeGreaterThanOrEqual(2)
  expect(timelines[1]).toEqual(timelines[0])
  expect(timelines[2]).toEqual(timelines[0])
})

test('a worker that goes and comes back is told, and ends nothing', async () => {
  const id = await start()
  const stream = await follow(id)
  await stream.until('state')
  await stage.stopWorker()
  const gone = (await stream.until('worker')).at(-1)
  expect(JSON.parse(gone?.data ?? '')).toMatchObject({ answers: false })
  await stage.startWorker()
  const back = (await stream.until('worker')).at(-1)
  expect(JSON.parse(back?.data ?? '')).toMatchObject({ answers: true })
  await stream.leave()
})

test('a server that stops ends its streams with a hint when to come back, and does not wait for them', async () => {
  const own = await startStage(inject('temporal'))
  await own.startWorker()
  const { body } = await own.send('POST', '/v1/rollouts', {
    as: 'operator',
    body: documentOf('left'),
    headers: yaml,
  })
  const response = await fetch(`${own.url}/v1/rollouts/${body.id}/events`, {
    headers: { authorization: `Bearer ${tokenOf('viewer')}` },
  })
  const text = response.text()
  await own.close()
  expect(await text).toMatch(/^retry: \d+\n\n/)
  await expect(fetch(`${own.url}/healthz`)).rejects.toThrow()
})

test('a stream ends with the token that opened it, and not before', async () => {
  const issuer = await startIssuer()
  const settings = oidcSettings.parse({
    issuer: issuer.url,
    audience: 'sluice',
    clockTolerance: '0s',
    roles: { viewer: ['*'] },
  })
  const api = await startApi({
    client: stage.client,
    taskQueue: stage.taskQueue,
    auth: { tokens: [], oidc: [createOidcIssuer(settings)] },
    logger: pino({ level: 'silent' }),
  })
  const id = await start()
  const exp = Math.ceil(Date.now() / 1_000) + 3
  const response = await fetch(`${api.url}/v1/rollouts/${id}/events`, {
    headers: { authorization: `Bearer ${await issuer.token({ claims: { exp } })}` },
  })
  expect(response.status).toBe(200)
  const text = await response.text()
  expect(Date.now()).toBeGreaterThanOrEqual(exp * 1_000 - 100)
  expect(text).toContain('event: state')
  expect(text).not.toContain('event: end')
  await api.close()
  await issuer.close()
})
