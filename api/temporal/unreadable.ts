import { encryptedEncoding, PayloadKeyError } from '../../worker/payload-codec.ts'

/** Why a payload cannot be read by this process, when it is for want of its key; undefined for any other failure. */
export function whyUnreadable(thrown: unknown): string | undefined {
  const causes = causesOf(thrown)
  const key = causes.find((cause) => cause instanceof PayloadKeyError)
  if (key) return key.message
  // The SDK's own words for an encoding that no codec has taken away.
  return causes.some(({ message }) => message === `Unknown encoding: ${encryptedEncoding}`)
    ? 'What Temporal keeps is encrypted, and this process has no SLUICE_PAYLOAD_KEY.'
    : undefined
}

/** The error itself and what is behind it; the SDK wraps what a codec throws. */
function causesOf(thrown: unknown): readonly Error[] {
  const causes: Error[] = []
  for (let at = thrown; at instanceof Error && causes.length < 10; at = at.cause) causes.push(at)
  return causes
}
