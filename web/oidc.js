/**
 * Signing in at an issuer: Authorization Code with PKCE (RFC 7636) as a public client, without a library.
 * @import { SignInIssuer } from '../api/answers.ts'
 * @typedef {{ issuer: string, clientId: string, token: string, state: string, nonce: string, verifier: string, back: string }} Attempt
 */

const KEY = 'sluice-oidc'

/** Where the issuer sends people back to; it must be registered there. */
export function redirectUri() {
  return `${location.origin}/sign-in`
}

/**
 * Sends the person to the issuer.
 * @param {SignInIssuer} at
 * @param {string} back path to return to
 */
export async function beginSignIn({ issuer, clientId, scopes, endpoints }, back) {
  if (!endpoints) throw new Error(`${issuer} does not answer.`)
  if (!crypto.subtle) throw new Error('A browser signs in only over https, or on the server’s own machine.')
  const [state, nonce, verifier] = [random(), random(), random()]
  /** @type {Attempt} */
  const attempt = { issuer, clientId, token: endpoints.token, state, nonce, verifier, back }
  sessionStorage.setItem(KEY, JSON.stringify(attempt))
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const url = new URL(endpoints.authorization)
  const asked = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(),
    scope: scopes.join(' '),
    state,
    nonce,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
  location.assign(url)
}

/** Whether somebody comes back from an issuer. @param {URLSearchParams} query */
export function isReturning(query) {
  return query.has('state') && (query.has('code') || query.has('error'))
}

/**
 * Turns the code that the issuer sent back into tokens, the one for this server's API first. Works once for each attempt.
 * @param {URLSearchParams} query
 * @returns {Promise<{ tokens: readonly string[], back: string }>}
 * @throws {Error} in words for the person
 */
export async function finishSignIn(query) {
  const kept = sessionStorage.getItem(KEY)
  sessionStorage.removeItem(KEY)
  const attempt = /** @type {Attempt | null} */ (kept === null ? null : JSON.parse(kept))
  const from = query.get('iss')
  // Another state is an answer to a question that this tab did not ask; another `iss` (RFC 9207) one of somebody else.
  if (!attempt || query.get('state') !== attempt.state || (from !== null && from !== attempt.issuer)) {
    throw new Error('This answer does not belong to a sign-in of this tab. Sign in again.')
  }
  if (query.has('error')) {
    throw new Error(`${attempt.issuer} refused: ${query.get('error_description') ?? query.get('error')}.`)
  }
  const response = await fetch(attempt.token, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: query.get('code') ?? '',
      redirect_uri: redirectUri(),
      client_id: attempt.clientId,
      code_verifier: attempt.verifier,
    }),
  }).catch(() => undefined)
  if (!response)
    throw new Error(`${attempt.issuer} did not answer, or does not let pages of ${location.origin} ask.`)
  const {
    access_token: access,
    id_token: id,
    error_description: why,
  } = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(`${attempt.issuer} refused the code: ${why ?? response.status}.`)
  if (typeof id === 'string' && claimsOf(id).nonce !== attempt.nonce) {
    throw new Error('The token was not made for this sign-in. Sign in again.')
  }
  // Which of them is for our audience is a matter of the issuer's settings; the server knows.
  return { tokens: [access, id].filter((token) => typeof token === 'string'), back: attempt.back }
}

/** @param {string} token @returns {Record<string, unknown>} not believed before the server has verified the token */
function claimsOf(token) {
  try {
    const [, payload = ''] = token.split('.')
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    )
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return {}
  }
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
