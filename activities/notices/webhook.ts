import { createHmac } from 'node:crypto'
import { Context } from '@temporalio/activity'
import { CancelledFailure } from '@temporalio/common'
import type { Notice } from '../../rollout/notices/types.ts'
import { fail } from '../failure.ts'

const timeoutMs = 8_000

/** A receiver may ask for more time, but not for so much that it is forgotten. */
const longestDelayMs = 10 * 60_000

/**
 * Headers of a webhook: `x-sluice-timestamp` (epoch seconds) and `x-sluice-signature` (`v1=` and the hex HMAC-SHA256 of
 * `<timestamp>.<body>` under the channel's secret), as the `http` tests have them, and `x-sluice-event-id`, which stays the
 * same however often the notice is sent.
 */
export function webhookHeaders(
  notice: Notice,
  { body, secret, timestamp }: { readonly body: string; readonly secret: string; readonly timestamp: number },
): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return {
    'content-type': 'application/json',
    'user-agent': 'sluice',
    'x-sluice-event': notice.event,
    'x-sluice-event-id': notice.id,
    'x-sluice-timestamp': String(timestamp),
    'x-sluice-signature': `v1=${signature}`,
  }
}

/**
 * Posts a notice. 2xx is delivered; 410 means that the receiver wants no more, and is final; anything else is tried again,
 * because what is wrong with a receiver today may be mended tomorrow. Redirects are not followed.
 */
export async function postWebhook(
  notice: Notice,
  { url, secret }: { readonly url: string; readonly secret: string },
): Promise<void> {
  const { cancellationSignal } = Context.current()
  const body = JSON.stringify(notice)
  const timestamp = Math.floor(Date.now() / 1_000)
  const response = await fetch(url, {
    method: 'POST',
    headers: webhookHeaders(notice, { body, secret, timestamp }),
    body,
    redirect: 'manual',
    signal: AbortSignal.any([cancellationSignal, AbortSignal.timeout(timeoutMs)]),
  }).catch((error: unknown) => {
    if (cancellationSignal.aborted) throw new CancelledFailure('the herald was cancelled')
    throw fail('Transient', `${hostOf(url)} cannot be reached: ${reasonOf(error)}`)
  })
  await response.body?.cancel()
  const { status } = response
  if (status >= 200 && status < 300) return
  if (status === 410) {
    const details = [{ attempts: Context.current().info.attempt }]
    throw fail('Refused', `${hostOf(url)} answered 410: it wants no more notices`, { details })
  }
  const delay = retryAfter(response.headers.get('retry-after'))
  throw fail('Transient', `${hostOf(url)} answered ${status}`, delay === undefined ? {} : { delay })
}

/** Paths of webhooks often carry a secret: only the host is ever shown. */
function hostOf(url: string): string {
  return new URL(url).host
}

/** fetch hides the reason in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer in ${timeoutMs / 1_000} s`
  const { cause } = error
  return cause instanceof Error
    ? cause.message || (cause as NodeJS.ErrnoException).code || 'unknown'
    : error.message
}

function retryAfter(header: string | null): number | undefined {
  const seconds = header === null ? NaN : Number(header)
  return seconds > 0 ? Math.min(seconds * 1_000, longestDelayMs) : undefined
}
