import { Client, Connection } from '@temporalio/client'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startIssuer, type TestIssuer } from './auth/issuer.fixture.ts'
import { createOidcIssuer } from './auth/oidc-issuer.ts'
import { oidcSettings } from './auth/oidc-settings.ts'
import { createToken } from './auth/tokens.ts'
import { startApi, type RunningApi } from './server.ts'

const vera = createToken('vera', ['viewer'])

describe('the headers of an answer', () => {
  let issuer: TestIssuer
  let api: RunningApi
  beforeAll(async () => {
    issuer = await startIssuer()
    issuer.publish({
      issuer: issuer.url,
      jwks_uri: `${issuer.url}/keys`,
      authorization_endpoint: `${issuer.url}/authorize`,
      token_endpoint: 'https://tokens.example/token',
    })
    const settings = oidcSettings.parse({
      issuer: issuer.url,
      audience: 'sluice',
      clientId: 'sluice-web',
      roles: { viewer: ['*'] },
    })
    api = await startApi({
      client: new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) }),
      taskQueue: 'x',
      auth: { tokens: [vera.entry], oidc: [createOidcIssuer(settings)] },
      logger: pino({ level: 'silent' }),
    })
  })
  afterAll(async () => {
    await api.close()
    await issuer.close()
  })
  const policyOf = (headers: Headers) => headers.get('content-security-policy')?.split(/; ?/)

  test('let nothing be loaded, framed or kept that is no page', async () => {
    const { headers } = await fetch(`${api.url}/healthz`)
    expect(policyOf(headers)).toEqual([
      "default-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-powered-by')).toBeNull()
    const guarded = await fetch(`${api.url}/v1/nothing`, {
      headers: { authorization: `Bearer ${vera.token}` },
    })
    expect(guarded.headers.get('cache-control')).toBe('no-store')
  })

  test('allow the page its own parts, the token endpoint of its issuers, and nothing else', async () => {
    const { headers } = await fetch(`${api.url}/sign-in?code=x&state=y`)
    expect(policyOf(headers)).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self' https://tokens.example",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    expect(headers.get('x-frame-options')).toBe('DENY')
  })
})
