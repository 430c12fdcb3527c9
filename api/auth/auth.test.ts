import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../worker/environment.ts'
import { authenticate, localIdentity } from './authenticate.ts'
import { parseCredentials } from './credentials-file.ts'
import { createToken, hashToken } from './tokens.ts'

const mia = createToken('mia', ['approver'], ['ml-leads'])
const file = JSON.stringify({ tokens: [mia.entry] })

const login = { issuer: 'https://login.example', audience: 'sluice', roles: { viewer: ['*'] } }
const oidc = (change: object) => JSON.stringify({ oidc: [{ ...login, ...change }] })

function problemsOf(text: string): readonly string[] {
  try {
    parseCredentials(text, 'auth.yaml')
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('a credentials file', () => {
  test.each<[string, string, RegExp]>([
    ['that is no YAML', 'tokens: [', /auth\.yaml: /],
    ['that is empty', '', /the file: /],
    ['without tokens', 'tokens: []', /tokens: must hold at least one token/],
    [
      'with an unknown key',
      `tokens: [{ name: a, sha256: ${'0'.repeat(64)}, roles: [viewer], token: secret }]`,
      /token/,
    ],
    [
      'with a role that does not exist',
      `tokens: [{ name: a, sha256: ${'0'.repeat(64)}, roles: [admin] }]`,
      /tokens\[0\]\.roles\[0\]: must be viewer, operator or approver/,
    ],
    [
      'with no roles',
      `tokens: [{ name: a, sha256: ${'0'.repeat(64)}, roles: [] }]`,
      /must name at least one/,
    ],
    [
      'with a token instead of its hash',
      `tokens: [{ name: a, sha256: ${mia.token}, roles: [viewer] }]`,
      /must be a SHA-256 in hex/,
    ],
    [
      'with one name twice',
      JSON.stringify({ tokens: [mia.entry, { ...mia.entry, sha256: '0'.repeat(64) }] }),
      /tokens\[1\]\.name: stands there twice/,
    ],
    [
      'whose issuer has no TLS',
      oidc({ issuer: 'http://login.example' }),
      /oidc\[0\]\.issuer: must be an https URL/,
    ],
    [
      'whose issuer has a query',
      oidc({ issuer: 'https://login.example?a' }),
      /oidc\[0\]\.issuer: must be an https/,
    ],
    [
      'that allows `none`',
      oidc({ algorithms: ['none'] }),
      /oidc\[0\]\.algorithms\[0\]: must be one of RS256/,
    ],
    ['that allows HMAC', oidc({ algorithms: ['HS256'] }), /algorithms\[0\]: must be one of RS256.*HS…/],
    ['without an audience', oidc({ audience: undefined }), /oidc\[0\]\.audience/],
    [
      'that gives nobody a role',
      oidc({ roles: {} }),
      /oidc\[0\]\.roles: must give at least one group a role/,
    ],
    ['that makes everybody an approver', oidc({ roles: { approver: ['*'] } }), /approver\[0\]: .*not \*/],
    [
      'that takes tokens of an hour ago',
      oidc({ clockTolerance: '1h' }),
      /clockTolerance: must be .* 5m at most/,
    ],
    [
      'with two issuers that could name the same person',
      JSON.stringify({ oidc: [login, { ...login, issuer: 'https://other.example' }] }),
      /oidc\[1\]\.prefix: stands there twice/,
    ],
    [
      'with one hash twice',
      JSON.stringify({ tokens: [mia.entry, { ...mia.entry, name: 'eve' }] }),
      /tokens\[1\]\.sha256: stands there twice/,
    ],
  ])('%s is refused with its place', (_what, text, expected) => {
    expect(problemsOf(text).join('\n')).toMatch(expected)
  })

  test('lists every problem at once', () => {
    expect(
      problemsOf('tokens: [{ name: a, sha256: x, roles: [admin] }, { name: b }]').length,
    ).toBeGreaterThanOrEqual(4)
  })

  test('lets the token in whose hash it holds, as who the file says', async () => {
    const { tokens } = parseCredentials(file, 'auth.yaml')
    expect(await authenticate({ tokens }, { authorization: `Bearer ${mia.token}` })).toEqual({
      identity: { name: 'mia', roles: ['approver'], groups: ['ml-leads'] },
    })
  })
})

describe('a new token', () => {
  test('is never the same, and its entry holds only the hash', () => {
    const other = createToken('mia', ['approver'])
    expect(other.token).not.toBe(mia.token)
    expect(JSON.stringify(other.entry)).not.toContain(other.token)
    expect(other.entry.sha256).toBe(hashToken(other.token))
  })
})

test('a server without credentials needs a Host header', async () => {
  await expect(authenticate({ tokens: [], local: localIdentity }, {})).rejects.toThrow(/Host header/)
})
