import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a token differs from a good one. */
export interface TokenChange {
  readonly claims?: JWTPayload
  readonly header?: Readonly<Record<string, unknown>>
  /** Default: the issuer's own newest key. */
  readonly key?: CryptoKey | Uint8Array
  readonly kid?: string
  readonly alg?: string
}

/** A real issuer of OpenID Connect on loopback: discovery, keys, and tokens for whom the test wants. */
export interface TestIssuer {
  readonly url: string
  /** How often its keys were asked for. */
  readonly asked: () => number
  token(change?: TokenChange): Promise<string>
  /** Signs with a new key from now on; the old ones stay published unless dropped. */
  rotate(drop?: boolean): Promise<void>
  /** What the discovery document says, from now on. */
  publish(discovery: Readonly<Record<string, unknown>>): void
  fail(failing: boolean): void
  close(): Promise<void>
}

export async function startIssuer(): Promise<TestIssuer> {
  const published: JWK[] = []
  let current: { readonly kid: string; readonly key: CryptoKey } | undefined
  let discovery: Readonly<Record<string, unknown>> = {}
  let asked = 0
  let failing = false
  const server = createServer((request, response) => {
    if (failing) return void response.writeHead(500).end('out of order')
    const keys = request.url === '/keys'
    if (keys) asked += 1
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(keys ? { keys: published } : discovery))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  discovery = { issuer: url, jwks_uri: `${url}/keys` }

  const rotate = async (drop = false): Promise<void> => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const kid = `key-${published.length + 1}`
    if (drop) published.length = 0
    published.push({ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' })
    current = { kid, key: privateKey }
  }
  await rotate()

  return {
    url,
    asked: () => asked,
    rotate,
    publish: (changed) => (discovery = changed),
    fail: (now) => (failing = now),
    async token({ claims, header, key, kid, alg = 'ES256' } = {}) {
      const now = Math.floor(Date.now() / 1_000)
      const payload = {
        iss: url,
        aud: 'sluice',
        sub: 'user-7',
        email: 'mia@example.com',
        email_verified: true,
        groups: ['ml-leads'],
        iat: now,
        exp: now + 600,
        ...claims,
      }
      return new SignJWT(payload)
        .setProtectedHeader({ alg, kid: kid ?? current?.kid, ...header })
        .sign(key ?? current!.key)
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
