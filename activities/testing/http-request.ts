import { createHmac } from 'node:crypto'
import { Context } from '@temporalio/activity'
import { CancelledFailure } from '@temporalio/common'

/** One request to a team's own test service. */
export interface SignedRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body: string
  readonly idempotencyKey: string
  /** Without one the request goes unsigned. */
  readonly signingKey: string | undefined
  /** Epoch seconds. */
  readonly timestamp: number
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

const mostBytes = 256 * 1024
const timeoutMs = 8_000

/**
 * Headers: `x-sluice-timestamp` (epoch seconds), `x-sluice-signature` (`v1=` and the hex HMAC-SHA256 of `<timestamp>.<body>`
 * under SLUICE_SIGNING_KEY; a GET has the empty body) and `idempotency-key`. A receiver compares the signature in constant
 * time and refuses time stamps that are minutes old.
 */
export function signedHeaders(request: SignedRequest): Record<string, string> {
  const { body, timestamp, signingKey } = request
  const signature =
    signingKey === undefined
      ? undefined
      : createHmac('sha256', signingKey).update(`${timestamp}.${body}`).digest('hex')
  return {
    accept: 'application/json',
    'user-agent': 'sluice',
    'idempotency-key': request.idempotencyKey,
    'x-sluice-timestamp': String(timestamp),
    ...(request.method === 'POST' && { 'content-type': 'application/json' }),
    ...(signature !== undefined && { 'x-sluice-signature': `v1=${signature}` }),
  }
}

/** Sends it. Redirects are not followed, and an answer above 256 KiB is an error. Throws what fetch throws. */
export async function sendSigned(request: SignedRequest): Promise<HttpAnswer> {
  const { cancellationSignal } = Context.current()
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: signedHeaders(request),
      redirect: 'manual',
      signal: AbortSignal.any([cancellationSignal, AbortSignal.timeout(timeoutMs)]),
      ...(request.method === 'POST' && { body: request.body }),
    })
    return { status: response.status, headers: response.headers, body: await readBody(response) }
  } catch (error) {
    if (cancellationSignal.aborted) throw new CancelledFailure('the test was cancelled')
    throw error
  }
}

async function readBody(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the rest of the body.
  for await (const part of response.body ?? []) {
    size += (part as Uint8Array).length
    if (size > mostBytes) throw new Error(`the answer is longer than ${mostBytes} bytes`)
    parts.push(part as Uint8Array)
  }
  return Buffer.concat(parts).toString('utf8')
}
