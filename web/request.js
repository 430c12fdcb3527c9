import { refused, token } from './session.js'

/** What the server refused, in its own words (RFC 9457), or that it could not be reached. */
export class Problem extends Error {
  /** @override */
  name = 'Problem'

  /**
   * @param {number} status 0: the server could not be reached
   * @param {string} type `refused`, `outcome-unknown`, …; `unreachable`
   * @param {{ title: string, detail: string, cure: string, [member: string]: unknown }} body
   */
  constructor(status, type, body) {
    super(body.detail)
    this.status = status
    this.type = type
    this.title = body.title
    this.detail = body.detail
    this.cure = body.cure
    this.members = body
  }
}

/** @returns {Record<string, string>} */
export function authorization() {
  const known = token()
  return known === undefined ? {} : { authorization: `Bearer ${known}` }
}

/** How far this machine's clock is from the server's; milliseconds to add to `Date.now()`. */
let skew = 0

/** Now, by the server's clock: what counts down counts to a moment of the server. */
export function serverNow() {
  return Date.now() + skew
}

/** @param {Response} response */
export function learnClock(response) {
  const date = Date.parse(response.headers.get('date') ?? '')
  // The header has whole seconds: less than two is no difference.
  if (!Number.isNaN(date)) skew = Math.abs(date - Date.now()) > 2_000 ? date - Date.now() : 0
}

/**
 * Asks the API.
 * @template T
 * @param {string} path
 * @param {{ method?: string, body?: string, headers?: Record<string, string>, signal?: AbortSignal }} [request]
 * @returns {Promise<T>}
 * @throws {Problem}
 */
export async function ask(path, { method = 'GET', body, headers = {}, signal } = {}) {
  /** @type {Response} */
  let response
  try {
    response = await fetch(path, {
      method,
      headers: { ...authorization(), ...headers },
      cache: 'no-store',
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw unreachable()
  }
  learnClock(response)
  if (!response.ok) {
    // Who the page belongs to is found out anew; asking that itself must not begin it again.
    if (response.status === 401 && path !== '/v1/me') refused()
    throw await readProblem(response)
  }
  return /** @type {T} */ (response.status === 204 ? undefined : await response.json())
}

/**
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
export async function readProblem(response) {
  const body = await response.json().catch(() => null)
  const type = String(body?.type ?? '').replace('urn:sluice:problem:', '') || 'unexpected'
  return new Problem(response.status, type, {
    title: `The server answered ${response.status}`,
    detail: `The server answered ${response.status}.`,
    cure: 'Try again.',
    ...body,
  })
}

export function unreachable() {
  return new Problem(0, 'unreachable', {
    title: 'The server cannot be reached',
    detail: 'The server cannot be reached.',
    cure: 'Try again; rollouts go on without it.',
  })
}

/**
 * What to show of anything that was thrown.
 * @param {unknown} thrown
 * @returns {Problem}
 */
export function asProblem(thrown) {
  if (thrown instanceof Problem) return thrown
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return new Problem(0, 'unexpected', { title: 'This page made a mistake', detail, cure: 'Load it again.' })
}

/** An id that nobody else has made. `randomUUID` is only there on https and loopback. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
