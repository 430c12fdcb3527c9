import { exportJWK, generateKeyPair, type JWTPayload } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ApiError } from '../errors.ts'
import { authenticate, type Auth } from './authenticate.ts'
import { parseCredentials } from './credentials-file.ts'
import { startIssuer, type TestIssuer, type TokenChange } from './issuer.fixture.ts'
import { createOidcIssuer } from './oidc-issuer.ts'
import { keyTimes } from './oidc-keys.ts'
import { createToken } from './tokens.ts'

let issuer: TestIssuer
beforeEach(async () => {
  issuer = await startIssuer()
})
afterEach(() => issuer.close())

const zoe = createToken('zoe', ['operator'])
const roles = { viewer: ['ml'], approver: ['ml-leads'] }

function authOf(change: object = {}, times = keyTimes): Auth {
  const written = { issuer: issuer.url, audience: 'sluice', roles, ...change }
  const { tokens, oidc } = parseCredentials(
    JSON.stringify({ tokens: [zoe.entry], oidc: [written] }),
    'auth.yaml',
  )
  return { tokens, oidc: oidc.map((settings) => createOidcIssuer(settings, times)) }
}

const ask = (auth: Auth, token: string) => authenticate(auth, { authorization: `Bearer ${token}` })

/** `401: why`, or the name of who was let in. */
async function answer(auth: Auth, token: string): Promise<string> {
  try {
    return (await ask(auth, token)).identity.name
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return `${error.problem}: ${error.message}`
  }
}

describe('a token of an issuer', () => {
  test('says who it is, with which groups, and until when', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 300
    const token = await issuer.token({ claims: { exp, groups: ['ml', 'ml-leads', 'all'] } })
    expect(await ask(authOf({ clockTolerance: '10s' }), token)).toEqual({
      identity: {
        name: 'mia@example.com',
        roles: ['viewer', 'approver'],
        groups: ['ml', 'ml-leads', 'all'],
      },
      expiresAt: (exp + 10) * 1_000,
    })
  })

  const soon = Math.floor(Date.now() / 1_000)
  test.each<[string, JWTPayload, RegExp]>([
    ['has expired', { exp: soon - 600 }, /it has expired/],
    ['never expires', { exp: undefined }, /`exp` is missing/],
    ['begins later', { nbf: soon + 600 }, /`nbf` is missing or wrong/],
    ['is for another audience', { aud: 'another' }, /another audience/],
    ['is for no audience', { aud: undefined }, /another audience/],
    ['names nobody', { email: undefined }, /`email` names nobody/],
    ['names a line break', { email: 'mia\r\nX: y' }, /`email` names nobody/],
    ['has an unverified address', { email_verified: false }, /not verified/],
    ['is of an issuer that nobody named', { iss: 'https://evil.example' }, /issuer is not one of ours/],
    ['is of no issuer', { iss: undefined }, /issuer is not one of ours/],
  ])('is refused when it %s', async (_what, claims, expected) => {
    expect(await answer(authOf(), await issuer.token({ claims }))).toMatch(expected)
  })

  test('is taken within the clock tolerance, not beyond it', async () => {
    const token = await issuer.token({ claims: { exp: Math.floor(Date.now() / 1_000) - 100 } })
    expect(await answer(authOf({ clockTolerance: '5m' }), token)).toBe('mia@example.com')
    expect(await answer(authOf(), token)).toMatch(/expired/)
  })

  test.each<[string, () => Promise<TokenChange>, RegExp]>([
    [
      'another key under the name of a good one',
      async () => ({ key: (await generateKeyPair('ES256')).privateKey }),
      /signature is wrong/,
    ],
    [
      'a key that it brings itself',
      async () => {
        const { privateKey, publicKey } = await generateKeyPair('ES256')
        return { key: privateKey, kid: 'mine', header: { jwk: await exportJWK(publicKey) } }
      },
      /issuer has no such key/,
    ],
    ['HMAC', async () => ({ key: new Uint8Array(32), alg: 'HS256' }), /algorithm is not allowed/],
    [
      'an algorithm that is not configured',
      async () => ({ key: (await generateKeyPair('ES384')).privateKey, alg: 'ES384' }),
      /algorithm is not allowed/,
    ],
  ])('is refused when it is signed with %s', async (_what, change, expected) => {
    expect(await answer(authOf(), await issuer.token(await change()))).toMatch(expected)
  })

  test('is refused unsigned, and with a signature cut off or changed', async () => {
    const [header = '', payload = '', signature = ''] = (await issuer.token()).split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    const changed = signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
    const auth = authOf()
    expect(await answer(auth, `${none}.${payload}.`)).toMatch(/^unauthenticated/)
    expect(await answer(auth, `${header}.${payload}.`)).toMatch(/^unauthenticated/)
    expect(await answer(auth, `${header}.${payload}.${changed}`)).toMatch(/signature is wrong/)
    expect(await answer(auth, `${header}.${payload}.${signature}`)).toBe('mia@example.com')
  })

  test('without a group that has a role may do nothing, and learns why', async () => {
    expect(await answer(authOf(), await issuer.token({ claims: { groups: ['guests'] } }))).toMatch(
      /^forbidden: .* knows mia@example\.com, whose token has the groups guests; that gives no role here/,
    )
    expect(await answer(authOf(), await issuer.token({ claims: { groups: undefined } }))).toMatch(
      /^forbidden: .*no group in `groups`/,
    )
  })

  test.each<[string, object, JWTPayload, object]>([
    [
      'everybody of it a viewer',
      { roles: { viewer: ['*'] } },
      { groups: undefined },
      { roles: ['viewer'], groups: [] },
    ],
    [
      'groups from a nested claim',
      { groups: 'realm_access.roles' },
      { realm_access: { roles: ['ml-leads'] } },
      { roles: ['approver'], groups: ['ml-leads'] },
    ],
    [
      'groups from a claim with a URL for a name',
      { groups: 'https://example.com/groups' },
      { 'https://example.com/groups': ['ml-leads'] },
      { roles: ['approver'], groups: ['ml-leads'] },
    ],
    [
      'another claim for the name, and a prefix',
      { identity: 'sub', prefix: 'ci:' },
      { sub: 'repo:team/model:ref' },
      { name: 'ci:repo:team/model:ref', groups: ['ci:ml-leads'] },
    ],
    ['addresses in lower case', {}, { email: 'Mia@Example.com' }, { name: 'mia@example.com' }],
    [
      'no group called *, nor one that is no text',
      { roles: { viewer: ['*'], approver: ['ml-leads'] } },
      { groups: ['*', { name: 'ml-leads' }, 7] },
      { roles: ['viewer'], groups: [] },
    ],
    [
      'nothing from the prototype of its claims',
      { groups: 'constructor.name', roles: { viewer: ['*'], approver: ['Object'] } },
      {},
      { roles: ['viewer'], groups: [] },
    ],
  ])('gives %s where the file says so', async (_what, settings, claims, expected) => {
    const { identity } = await ask(authOf(settings), await issuer.token({ claims }))
    expect(identity).toMatchObject(expected)
  })
})

describe('the keys of an issuer', () => {
  test('are asked for once, and again when a token names a key that is not known', async () => {
    const auth = authOf({}, { ...keyTimes, cooldown: 0 })
    const old = await issuer.token()
    await Promise.all([answer(auth, old), answer(auth, old)])
    expect(issuer.asked()).toBe(1)
    await issuer.rotate()
    expect(await answer(auth, await issuer.token())).toBe('mia@example.com')
    expect(await answer(auth, old)).toBe('mia@example.com')
    expect(issuer.asked()).toBe(2)
    await issuer.rotate(true)
    expect(await answer(auth, await issuer.token())).toBe('mia@example.com')
    expect(await answer(auth, old)).toMatch(/issuer has no such key/)
  })

  test('are not asked for again within the cooldown, however many unknown keys are named', async () => {
    const auth = authOf({}, { ...keyTimes, cooldown: 600_000 })
    await answer(auth, await issuer.token())
    for (let sent = 0; sent < 5; sent += 1) {
      expect(await answer(auth, await issuer.token({ kid: `none-${sent}` }))).toMatch(/no such key/)
    }
    expect(issuer.asked()).toBe(1)
  })

  test('that cannot be read are no reason to refuse nor to believe; static tokens work meanwhile', async () => {
    const auth = authOf({}, { ...keyTimes, afterFailure: 0 })
    issuer.fail(true)
    expect(await answer(auth, await issuer.token())).toMatch(
      /^issuer-unavailable: The keys of http:.* cannot be read \(.* answered 500\)/,
    )
    expect(await answer(auth, zoe.token)).toBe('zoe')
    issuer.fail(false)
    expect(await answer(auth, await issuer.token())).toBe('mia@example.com')
    issuer.fail(true)
    expect(await answer(auth, await issuer.token())).toBe('mia@example.com')
  })

  test('of an issuer that is down are not asked for with every request', async () => {
    const auth = authOf({}, { ...keyTimes, afterFailure: 600_000 })
    issuer.fail(true)
    expect(await answer(auth, await issuer.token())).toMatch(/^issuer-unavailable/)
    issuer.fail(false)
    expect(await answer(auth, await issuer.token())).toMatch(/^issuer-unavailable/)
    expect(issuer.asked()).toBe(0)
  })

  test('of an issuer that nobody reaches are unavailable', async () => {
    const auth = authOf()
    const token = await issuer.token()
    await issuer.close()
    expect(await answer(auth, token)).toMatch(/^issuer-unavailable: .*ECONNREFUSED/)
    issuer = await startIssuer()
  })

  test.each([
    ['is of another issuer', { issuer: 'https://evil.example', jwks_uri: 'https://evil.example/keys' }],
    ['names keys without TLS', { jwks_uri: 'http://evil.example/keys' }],
    ['names no keys', {}],
  ])('are not taken from a discovery document that %s', async (_what, changed) => {
    issuer.publish({ issuer: issuer.url, ...changed })
    expect(await answer(authOf(), await issuer.token())).toMatch(/^issuer-unavailable: .*well-known/)
  })
})

test('the page learns where to sign in, and nothing else', () => {
  const [oidc] = authOf({ clientId: 'sluice-web', scopes: ['openid', 'groups'] }).oidc ?? []
  expect(JSON.parse(JSON.stringify(oidc))).toEqual({
    issuer: issuer.url,
    clientId: 'sluice-web',
    scopes: ['openid', 'groups'],
  })
})
