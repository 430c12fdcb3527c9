import { Client, Connection } from '@temporalio/client'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { createOidcIssuer } from './auth/oidc-issuer.ts'
import { oidcSettings } from './auth/oidc-settings.ts'
import { startApi } from './server.ts'
import { createToken } from './auth/tokens.ts'

const vera = createToken('vera', ['viewer'])

test('the headers of an answer allow the page its own parts, its issuers, and nothing else', async () => {
  const settings = oidcSettings.parse({
    issuer: 'https://login.example/tenant',
    connectTo: ['https://tokens.example'],
    audience: 'sluice',
    roles: { viewer: ['*'] },
  })
  const api = await startApi({
    client: new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) }),
    taskQueue: 'x',
    auth: { tokens: [vera.entry], oidc: [createOidcIssuer(settings)] },
    logger: pino({ level: 'silent' }),
  })
  const { headers } = await fetch(`${api.url}/healthz`)
  expect(headers.get('content-security-policy')?.split(';')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self' https://login.example https://tokens.example",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ])
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('x-powered-by')).toBeNull()
  const guarded = await fetch(`${api.url}/v1/nothing`, { headers: { authorization: `Bearer ${vera.token}` } })
  expect(guarded.headers.get('cache-control')).toBe('no-store')
  await api.close()
})
