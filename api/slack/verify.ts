import { createHmac, timingSafeEqual } from 'node:crypto'

/** Slack's own rule: older requests may be replays. Seconds. */
const window = 5 * 60

/** What a request shows of where it comes from. */
export interface Signed {
  readonly signature: string | undefined
  readonly timestamp: string | undefined
  /** As it came, before any parsing. */
  readonly body: Buffer
}

/**
 * Why a request is not from Slack, or null if it is. The signature is `v0=` and the hex HMAC-SHA256 of
 * `v0:<timestamp>:<body>`, compared in constant time; https://docs.slack.dev/authentication/verifying-requests-from-slack
 * @param now epoch milliseconds
 */
export function refuseRequest(
  { signature, timestamp, body }: Signed,
  { secret, now }: { readonly secret: string; readonly now: number },
): 'unsigned' | 'old' | 'wrong signature' | null {
  if (signature === undefined || timestamp === undefined) return 'unsigned'
  if (!/^\d{1,12}$/.test(timestamp)) return 'unsigned'
  if (Math.abs(now / 1_000 - Number(timestamp)) > window) return 'old'
  const hmac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest()
  const given = /^v0=([0-9a-f]{64})$/.exec(signature)?.[1]
  if (given === undefined) return 'wrong signature'
  return timingSafeEqual(hmac, Buffer.from(given, 'hex')) ? null : 'wrong signature'
}
