import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import { ApiError } from '../errors.ts'
import { discoveryUrl, readDiscovery, sparing } from './oidc-discovery.ts'
import { isSafeUrl } from './oidc-settings.ts'

/** How long what an issuer published is believed, and how long it is left alone; milliseconds. */
export interface KeyTimes {
  /** Keys are asked for anew after this long. */
  readonly fresh: number
  /** A token with an unknown key makes us ask again, but not more often than this. */
  readonly cooldown: number
  /** After a failure nobody asks again for this long, so that bad tokens cannot flood a weak issuer. */
  readonly afterFailure: number
  readonly timeout: number
}

export const keyTimes: KeyTimes = { fresh: 600_000, cooldown: 30_000, afterFailure: 5_000, timeout: 5_000 }

/**
 * The keys of an issuer, found by its discovery document when first needed.
 * @returns a function for `jwtVerify`; it throws ApiError issuer-unavailable when the issuer does not answer
 */
export function createKeys(issuer: string, times: KeyTimes): JWTVerifyGetKey {
  const ask = sparing(times.afterFailure)
  let found: Promise<JWTVerifyGetKey> | undefined
  let retryAt = Infinity
  const discover = async (): Promise<JWTVerifyGetKey> => {
    const { jwks_uri: keys } = await readDiscovery(issuer, ask, times.timeout)
    if (typeof keys !== 'string' || !isSafeUrl(keys)) {
      throw new Error(`${discoveryUrl(issuer)} names no jwks_uri with https`)
    }
    return createRemoteJWKSet(new URL(keys), {
      timeoutDuration: times.timeout,
      cacheMaxAge: times.fresh,
      cooldownDuration: times.cooldown,
      [customFetch]: ask,
    })
  }
  return async (header, token) => {
    if (!found || Date.now() >= retryAt) {
      retryAt = Infinity
      found = discover()
      found.catch(() => (retryAt = Date.now() + times.afterFailure))
    }
    try {
      return await (
        await found
      )(header, token)
    } catch (error) {
      throw isAboutToken(error) ? error : unavailable(issuer, error)
    }
  }
}

/** jose's own words for a token that fits no key, as against an issuer that gives none. */
function isAboutToken(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return (
    code === 'ERR_JWKS_NO_MATCHING_KEY' ||
    code === 'ERR_JWKS_MULTIPLE_MATCHING_KEYS' ||
    code === 'ERR_JOSE_NOT_SUPPORTED'
  )
}

function unavailable(issuer: string, error: unknown): ApiError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const why = cause instanceof Error ? cause.message : 'no reason given'
  return new ApiError(
    'issuer-unavailable',
    `The keys of ${issuer} cannot be read (${why}), so its tokens can be neither believed nor refused.`,
    {},
    { 'Retry-After': '5' },
  )
}
