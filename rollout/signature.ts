import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from './document/canonical.ts'

/** Anything that can be vouched for; in practice a person's decision. */
export interface Signable {
  readonly signature?: string
}

/** The message as the API vouches for it: for this rollout, by this person, under this decision. */
export function signMessage<Message extends Signable>(
  key: string,
  rolloutId: string,
  message: Message,
): Message {
  return { ...message, signature: signatureOf(key, rolloutId, message) }
}

/** Whether a holder of the key signed exactly this message for exactly this rollout. */
export function isSigned<Message extends Signable>(
  key: string,
  rolloutId: string,
  message: Message,
): boolean {
  const { signature } = message
  if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/.test(signature)) return false
  const expected = Buffer.from(signatureOf(key, rolloutId, message), 'hex')
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}

function signatureOf(key: string, rolloutId: string, { signature: _, ...message }: Signable): string {
  return createHmac('sha256', key).update(canonicalJson({ rolloutId, message })).digest('hex')
}
