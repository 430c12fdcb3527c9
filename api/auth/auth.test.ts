import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../worker/environment.ts'
import { authenticate, localIdentity } from './authenticate.ts'
import { createToken, hashToken, parseTokens } from './tokens.ts'

const mia = createToken('mia', ['approver'], ['ml-leads'])
const file = JSON.stringify({ tokens: [mia.entry] })

function problemsOf(text: string): readonly string[] {
  try {
    parseTokens(text, 'auth.yaml')
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

  test('lets the token in whose hash it holds, as who the file says', () => {
    const tokens = parseTokens(file, 'auth.yaml')
    expect(authenticate({ tokens }, { authorization: `Bearer ${mia.token}` })).toEqual({
      name: 'mia',
      roles: ['approver'],
      groups: ['ml-leads'],
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

test('a server without credentials needs a Host header', () => {
  expect(() => authenticate({ tokens: [], local: localIdentity }, {})).toThrow(/Host header/)
})
