import type { SignInAnswer, SignInIssuer } from '../answers.ts'
import type { Auth } from './authenticate.ts'
import { readDiscovery, sparing, type Ask } from './oidc-discovery.ts'

/** How people come in by the web page. */
export interface SignIn {
  answer(): Promise<SignInAnswer>
  /** Where the page must be allowed to send the code that it got: origins of what is known of the issuers so far. */
  origins(): readonly string[]
}

const FRESH_MS = 600_000
const AFTER_FAILURE_MS = 5_000
const TIMEOUT_MS = 3_000

type Endpoints = NonNullable<SignInIssuer['endpoints']>

interface Known {
  readonly ask: Ask
  endpoints?: Endpoints
  readAt: number
}

/**
 * Issuers are asked here and not by the page: their discovery documents need not allow that, and the page's policy must name
 * the token endpoint, which may be anywhere.
 */
export function createSignIn({ tokens, oidc = [], local }: Auth): SignIn {
  const issuers = oidc.flatMap(({ issuer, clientId, scopes }) =>
    clientId === undefined ? [] : [{ issuer, clientId, scopes }],
  )
  const known = new Map<string, Known>(
    issuers.map(({ issuer }) => [issuer, { ask: sparing(AFTER_FAILURE_MS), readAt: -Infinity }]),
  )
  const find = async (issuer: string): Promise<Endpoints | undefined> => {
    const found = known.get(issuer)
    if (!found || Date.now() - found.readAt < FRESH_MS) return found?.endpoints
    try {
      found.endpoints = endpointsOf(await readDiscovery(issuer, found.ask, TIMEOUT_MS))
      found.readAt = Date.now()
    } catch {
      // What was known goes on to be used; an issuer that was never heard of cannot be signed in at now.
    }
    return found.endpoints
  }
  return {
    async answer() {
      const answers = issuers.map(async (one): Promise<SignInIssuer> => {
        const endpoints = await find(one.issuer)
        return { ...one, ...(endpoints ? { endpoints } : {}) }
      })
      return { open: local !== undefined, token: tokens.length > 0, oidc: await Promise.all(answers) }
    },
    origins: () => [
      ...new Set(
        [...known.values()].flatMap(({ endpoints }) => (endpoints ? [new URL(endpoints.token).origin] : [])),
      ),
    ],
  }
}

function endpointsOf(discovery: Readonly<Record<string, unknown>>): Endpoints {
  const { authorization_endpoint: authorization, token_endpoint: token } = discovery
  if (!isWebUrl(authorization) || !isWebUrl(token)) throw new Error('the discovery names no endpoints')
  return { authorization, token }
}

function isWebUrl(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
