/** Asks an issuer. */
export type Ask = (url: string, options: RequestInit) => Promise<Response>

/**
 * `fetch` that repeats its last failure for a while instead of asking again.
 * @param afterFailure milliseconds
 */
export function sparing(afterFailure: number): Ask {
  let failed: { readonly at: number; readonly error: unknown } | undefined
  return async (url, options) => {
    if (failed && Date.now() < failed.at + afterFailure) throw failed.error
    try {
      const response = await fetch(url, options)
      if (response.status !== 200) throw new Error(`${url} answered ${response.status}`)
      failed = undefined
      return response
    } catch (error) {
      failed = { at: Date.now(), error }
      throw error
    }
  }
}

export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/** What an issuer publishes about itself; members are not believed to be of any type. */
export interface Discovery {
  readonly issuer: string
  readonly [member: string]: unknown
}

/**
 * OpenID Connect Discovery 1.0: the document must name the very issuer that was asked, or it is somebody else's.
 * @param timeout milliseconds
 */
export async function readDiscovery(issuer: string, ask: Ask, timeout: number): Promise<Discovery> {
  const url = discoveryUrl(issuer)
  const response = await ask(url, { redirect: 'manual', signal: AbortSignal.timeout(timeout) })
  const published = (await response.json()) as { issuer?: unknown } | null
  if (published?.issuer !== issuer) throw new Error(`${url} is of another issuer`)
  return published as Discovery
}
