import type { Express } from 'express'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Client, Connection } from '@temporalio/client'
import { pino } from 'pino'
import { createApi } from '../api/app.ts'
import { createOidcIssuer } from '../api/auth/oidc-issuer.ts'
import { oidcSettings } from '../api/auth/oidc-settings.ts'
import { startIssuer, type TestIssuer } from '../api/auth/issuer.fixture.ts'
import { operations, type Operation } from '../api/openapi/operations.ts'
import { documentOf, startStage, withTokens, yaml, type Stage, type Who } from './support/api-stage.ts'

type Least = Who | 'anybody'

/** Who may call what: every operation of the OpenAPI description stands here. */
const least: Readonly<Record<string, Least>> = {
  plan: 'viewer',
  start: 'operator',
  list: 'viewer',
  get: 'viewer',
  getPlan: 'viewer',
  follow: 'viewer',
  notifications: 'viewer',
  acknowledge: 'operator',
  approve: 'approver',
  reject: 'approver',
  pause: 'operator',
  resume: 'operator',
  promote: 'approver',
  promoteFull: 'approver',
  abort: 'operator',
  retry: 'operator',
  undo: 'approver',
  target: 'viewer',
  followList: 'viewer',
  me: 'viewer',
  signIn: 'anybody',
  metrics: 'viewer',
  encode: 'viewer',
  decode: 'viewer',
  healthz: 'anybody',
  readyz: 'anybody',
  openapi: 'anybody',
  slackInteraction: 'anybody',
}

/** Slack shows who it is by its signature, and no token helps: `test/slack.test.ts`. */
const signed = ['slackInteraction']

/** The web page's own files, which hold nothing about rollouts. */
const pages = [
  'get /',
  'get /rollouts/{id}',
  'get /start',
  'get /endpoints/{account}/{region}/{endpoint}',
  'get /sign-in',
  'get /assets/{version}/*path',
]

const ranks: readonly Least[] = ['anybody', 'viewer', 'operator', 'approver']
const people: readonly (Who | undefined)[] = [undefined, 'viewer', 'operator', 'approver']
const rank = (who: Least | undefined) => ranks.indexOf(who ?? 'anybody')

let stage: Stage
let issuer: TestIssuer
beforeAll(async () => {
  issuer = await startIssuer()
  const settings = oidcSettings.parse({
    issuer: issuer.url,
    audience: 'sluice',
    roles: { viewer: ['ml'], approver: ['ml-leads'] },
  })
  stage = await startStage(inject('temporal'), {
    auth: { ...withTokens, oidc: [createOidcIssuer(settings)] },
    deadlines: { worker: 300 },
  })
})
afterAll(async () => {
  await stage.close()
  await issuer.close()
})

/** What an operation can be asked with by somebody who knows no rollout. */
function requestOf({ method, path, body }: Operation) {
  const url = path
    .replace('{id}', 'no-such-rollout')
    .replace('{account}', '333333333333')
    .replace('{region}', 'eu-west-1')
    .replace('{endpoint}', 'none')
  return { method: method.toUpperCase(), url, ...(body ? { body: '{}' } : {}) }
}

describe('every route', () => {
  test('has an entry above, and is described', async () => {
    expect(Object.keys(least).toSorted()).toEqual(operations.map(({ id }) => id).toSorted())
    const connection = Connection.lazy({ address: '127.0.0.1:1' })
    const { app } = createApi({
      client: new Client({ connection }),
      taskQueue: 'x',
      auth: withTokens,
      logger: pino({ level: 'silent' }),
    })
    // There is no path for Slack where no Slack is configured.
    const known = operations.filter(({ id }) => !signed.includes(id))
    const described = known.map(({ method, path }) => `${method} ${path}`)
    expect(routesOf(app).toSorted()).toEqual([...described, ...pages].toSorted())
  })

  const table = operations
    .filter(({ id }) => !signed.includes(id))
    .flatMap((operation) =>
      people.map((who) => ({ operation, who, name: `${operation.id} by ${who ?? 'nobody'}` })),
    )
  test.each(table)('$name is let through only with the role for it', async ({ operation, who }) => {
    const { method, url, body } = requestOf(operation)
    const needed = least[operation.id]
    const asked = { ...(who ? { as: who } : {}), ...(body ? { body } : {}) }
    // The stream of the list does not end by itself.
    const { status } = await (operation.id === 'followList'
      ? stage.open(url, asked)
      : stage.send(method, url, asked))
    if (rank(who) >= rank(needed)) expect([401, 403]).not.toContain(status)
    else expect(status).toBe(who ? 403 : 401)
  })

  test('that starts takes an emergency from approvers only', async () => {
    const body = `${documentOf('urgent')}\nemergency: { reason: everything is on fire }\n`
    const statusFor = async (as: Who) =>
      (await stage.send('POST', '/v1/rollouts', { as, body, headers: yaml })).status
    expect(await statusFor('viewer')).toBe(403)
    expect(await statusFor('operator')).toBe(403)
    // Nothing plans here: it got past everything that looks at roles.
    expect(await statusFor('approver')).toBe(503)
  })
})

describe('a token of an issuer', () => {
  const ask = async (path: string, token: string, method = 'GET') =>
    stage.send(method, path, { headers: { authorization: `Bearer ${token}` } })

  test('is let in by its groups, and only as far as they go', async () => {
    const viewer = await issuer.token({ claims: { groups: ['ml'] } })
    expect((await ask('/v1/rollouts', viewer)).status).toBe(200)
    expect((await ask('/v1/rollouts/x/approve', viewer, 'POST')).status).toBe(403)
    expect((await ask('/v1/rollouts/x/approve', await issuer.token(), 'POST')).status).toBe(404)
  })

  test('without a group that counts is told so', async () => {
    const { status, body } = await ask('/v1/rollouts', await issuer.token({ claims: { groups: ['guests'] } }))
    expect([status, body.type]).toEqual([403, 'urn:sluice:problem:forbidden'])
    expect(body.detail).toMatch(/groups guests/)
  })

  test('that is not valid is told why, and asked for a better one', async () => {
    const { status, headers, body } = await ask('/v1/rollouts', await issuer.token({ claims: { aud: 'x' } }))
    expect([status, body.type]).toEqual([401, 'urn:sluice:problem:unauthenticated'])
    expect(headers.get('www-authenticate')).toMatch(/error="invalid_token"/)
  })

  test('whose issuer is down is neither refused nor believed, while static tokens work', async () => {
    const down = await startIssuer()
    const settings = oidcSettings.parse({ issuer: down.url, audience: 'sluice', roles: { viewer: ['*'] } })
    const other = await startStage(inject('temporal'), {
      auth: { ...withTokens, oidc: [createOidcIssuer(settings)] },
    })
    const token = await down.token()
    await down.close()
    const refused = await other.send('GET', '/v1/rollouts', { headers: { authorization: `Bearer ${token}` } })
    expect([refused.status, refused.body.type]).toEqual([503, 'urn:sluice:problem:issuer-unavailable'])
    expect((await other.send('GET', '/v1/rollouts', { as: 'viewer' })).status).toBe(200)
    await other.close()
  })
})

/** `get /v1/rollouts/{id}` of everything that express has a route for. */
function routesOf(app: Express): readonly string[] {
  interface Layer {
    readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> }
    readonly handle: { readonly stack?: readonly Layer[] }
  }
  const routesIn = (stack: readonly Layer[]): readonly string[] =>
    stack.flatMap(({ route, handle }) => {
      if (!route) return routesIn(handle.stack ?? [])
      const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
      return Object.keys(route.methods)
        .filter((method) => method !== '_all')
        .map((method) => `${method} ${path}`)
    })
  return routesIn((app.router as unknown as { stack: readonly Layer[] }).stack)
}
