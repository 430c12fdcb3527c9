import type { LoadedDataConverter, Payload, ProtoFailure } from '@temporalio/common'

/** What a payload holds, through the client's own codecs; for answers that the SDK hands out undecoded. */
export async function decodePayload(
  payload: Payload,
  { payloadCodecs, payloadConverter }: LoadedDataConverter,
): Promise<unknown> {
  let decoded = [payload]
  for (const codec of payloadCodecs.toReversed()) decoded = await codec.decode(decoded)
  return decoded[0] ? payloadConverter.fromPayload(decoded[0]) : undefined
}

export async function decodePayloads(
  payloads: Readonly<Record<string, Payload>>,
  converter: LoadedDataConverter,
): Promise<Record<string, unknown>> {
  const members = Object.entries(payloads).map(
    async ([name, payload]) => [name, await decodePayload(payload, converter)] as const,
  )
  return Object.fromEntries(await Promise.all(members))
}

/** The message of a failure as the server has it: where payloads are encrypted, it is in one. */
export async function readFailure(
  { message, encodedAttributes }: ProtoFailure,
  converter: LoadedDataConverter,
): Promise<string> {
  if (!encodedAttributes) return message ?? ''
  const attributes = (await decodePayload(encodedAttributes, converter)) as { readonly message?: string }
  return attributes.message ?? ''
}
