import { timingSafeEqual } from 'node:crypto'
import { isLoopback } from '../../worker/environment.ts'
import type { Identity } from '../../workflows/messages.ts'
import { ApiError } from '../errors.ts'
import { hashToken, type TokenEntry } from './tokens.ts'

/** Who is let in. `local` is whoever asks from this machine without a token; only a server on loopback may have it. */
export interface Auth {
  readonly tokens: readonly TokenEntry[]
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

/**
 * Who sends this request.
 * @throws ApiError unauthenticated, foreign-origin
 */
export function authenticate(auth: Auth, given: Credentials): Identity {
  if (given.authorization !== undefined) return byToken(auth.tokens, given.authorization)
  if (!auth.local) {
    throw new ApiError('unauthenticated', 'The request has no Authorization header.', {}, challenge)
  }
  refuseForeign(given)
  return auth.local
}

const challenge = { 'WWW-Authenticate': 'Bearer realm="sluice"' }

function byToken(tokens: readonly TokenEntry[], authorization: string): Identity {
  const [scheme, token, ...rest] = authorization.split(' ')
  if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) {
    throw new ApiError(
      'unauthenticated',
      'The Authorization header is not of the form `Bearer <token>`.',
      {},
      challenge,
    )
  }
  const hash = Buffer.from(hashToken(token), 'hex')
  // Every entry is compared, so that the time taken says nothing about which one fits.
  const fitting = tokens.filter((entry) => timingSafeEqual(hash, Buffer.from(entry.sha256, 'hex')))
  const [found] = fitting
  if (!found) {
    throw new ApiError(
      'unauthenticated',
      'The token is not known here.',
      {},
      {
        'WWW-Authenticate': 'Bearer realm="sluice", error="invalid_token"',
      },
    )
  }
  return { name: found.name, roles: found.roles, groups: found.groups }
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
