import { decodeJwt, errors, jwtVerify } from 'jose'
import type { Identity } from '../../workflows/messages.ts'
import { invalid, toIdentity } from './claims.ts'
import { createKeys, keyTimes, type KeyTimes } from './oidc-keys.ts'
import type { OidcSettings } from './oidc-settings.ts'

/** An issuer whose tokens are taken. All but the last member are what a web page needs to sign people in. */
export interface OidcIssuer {
  readonly issuer: string
  /** Of a public client (Authorization Code with PKCE, no secret); without one nobody can sign in on the page. */
  readonly clientId?: string
  readonly scopes: readonly string[]
  /**
   * Verifies a token that names this issuer.
   * @throws ApiError unauthenticated, forbidden (no role), issuer-unavailable
   */
  verify(token: string): Promise<Verified>
}

export interface Verified {
  readonly identity: Identity
  /** When the token stops to be valid; milliseconds since the epoch. */
  readonly expiresAt: number
}

export function createOidcIssuer(settings: OidcSettings, times: KeyTimes = keyTimes): OidcIssuer {
  const { issuer, audience, clientId, scopes, algorithms, clockTolerance } = settings
  const keys = createKeys(issuer, times)
  return {
    issuer,
    ...(clientId === undefined ? {} : { clientId }),
    scopes,
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: [...algorithms],
          clockTolerance,
          requiredClaims: ['exp'],
        })
        return {
          identity: toIdentity(payload, settings),
          expiresAt: ((payload.exp ?? 0) + clockTolerance) * 1_000,
        }
      } catch (error) {
        throw error instanceof errors.JOSEError ? invalid(reasonOf(error)) : error
      }
    },
  }
}

/** The issuer that a token claims to be of; not believed before `verify`. Undefined when it is no JWT at all. */
export function claimedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss ?? ''
  } catch {
    return undefined
  }
}

/** In our own words, because jose's may repeat what stands in the token. */
function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'it has expired'
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'aud'
      ? 'it was issued for another audience'
      : `its claim \`${error.claim}\` is missing or wrong`
  }
  const reasons: Readonly<Record<string, string>> = {
    ERR_JOSE_ALG_NOT_ALLOWED: 'its algorithm is not allowed',
    ERR_JOSE_NOT_SUPPORTED: 'its algorithm is not supported',
    ERR_JWKS_NO_MATCHING_KEY: 'its issuer has no such key',
    ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'it does not say which key of its issuer it was signed with',
    ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'its signature is wrong',
  }
  return reasons[error.code] ?? 'it is malformed'
}
