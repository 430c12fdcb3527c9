import { timingSafeEqual } from 'node:crypto'
import { isLoopback } from '../../worker/environment.ts'
import type { Identity } from '../../workflows/messages.ts'
import { ApiError } from '../errors.ts'
import { invalid } from './claims.ts'
import { claimedIssuer, type OidcIssuer, type Verified } from './oidc-issuer.ts'
import { hashToken, type TokenEntry } from './tokens.ts'

/** Who is let in. `local` is whoever asks from this machine without a token; only a server on loopback may have it. */
export interface Auth {
  readonly tokens: readonly TokenEntry[]
  /** Issuers of OpenID Connect whose tokens are taken beside the static ones. */
  readonly oidc?: readonly OidcIssuer[]
  readonly local?: Identity
}

/** Everybody on a loopback-only server without a credentials file. */
export const localIdentity: Identity = {
  name: 'local',
  roles: ['viewer', 'operator', 'approver'],
  groups: [],
}

/** What a request shows of who sent it. */
export interface Credentials {
  readonly authorization?: string
  readonly host?: string
  readonly origin?: string
  /** `Sec-Fetch-Site`, which pages cannot forge. */
  readonly fetchSite?: string
}

/** Who sends a request, and until when that is known. `expiresAt` (milliseconds since the epoch) only of issuers' tokens. */
export interface Authenticated {
  readonly identity: Identity
  readonly expiresAt?: number
}

/**
 * Who sends this request.
 * @throws ApiError unauthenticated, foreign-origin, forbidden (no role), issuer-unavailable
 */
export async function authenticate(auth: Auth, given: Credentials): Promise<Authenticated> {
  if (given.authorization !== undefined) return byToken(auth, given.authorization)
  if (!auth.local) {
    throw new ApiError('unauthenticated', 'The request has no Authorization header.', {}, challenge)
  }
  refuseForeign(given)
  return { identity: auth.local }
}

const challenge = { 'WWW-Authenticate': 'Bearer realm="sluice"' }

async function byToken({ tokens, oidc = [] }: Auth, authorization: string): Promise<Authenticated> {
  const [scheme, token, ...rest] = authorization.split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new ApiError(
      'unauthenticated',
      'The Authorization header is not of the form `Bearer <token>`.',
      {},
      challenge,
    )
  }
  return findEntry(tokens, token) ?? verifyIssued(oidc, token)
}

function findEntry(tokens: readonly TokenEntry[], token: string): Authenticated | undefined {
  const hash = Buffer.from(hashToken(token), 'hex')
  // Every entry is compared, so that the time taken says nothing about which one fits.
  const [found] = tokens.filter((entry) => timingSafeEqual(hash, Buffer.from(entry.sha256, 'hex')))
  return found && { identity: { name: found.name, roles: found.roles, groups: found.groups } }
}

async function verifyIssued(issuers: readonly OidcIssuer[], token: string): Promise<Verified> {
  const claimed = issuers.length > 0 ? claimedIssuer(token) : undefined
  const issuer = issuers.find((one) => one.issuer === claimed)
  if (!issuer) throw invalid(claimed === undefined ? 'it is not known' : 'its issuer is not one of ours')
  return issuer.verify(token)
}

/** A page of another site must not use a server that trusts its machine, neither directly nor by DNS rebinding. */
function refuseForeign({ host, origin, fetchSite }: Credentials): void {
  const name = hostName(host)
  if (name === undefined || !isLoopback(name)) {
    throw new ApiError(
      'foreign-origin',
      `The Host header says ${host ?? 'nothing'}, which is no loopback name.`,
    )
  }
  if (origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === host)) {
    throw new ApiError('foreign-origin', `A page of ${origin} may not use this server.`)
  }
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') {
    throw new ApiError('foreign-origin', `A ${fetchSite} page may not use this server.`)
  }
}

function hostName(host: string | undefined): string | undefined {
  return host !== undefined && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : undefined
}
