import type { Payload, PayloadCodec } from '@temporalio/common'
import type * as Proto from '@temporalio/proto'
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import type { PayloadKeys } from './payload-keys.ts'

// Its names are made at run time, where an import cannot see them.
const { temporal } = createRequire(import.meta.url)('@temporalio/proto') as typeof Proto

/** The `encoding` of what this codec wrote; the same name as in Temporal's own samples. */
export const encryptedEncoding = 'binary/encrypted'
const cipher = 'AES-256-GCM'
const IV_BYTES = 12
const TAG_BYTES = 16

/** A payload that was written with a key that is not here, or that was changed since. */
export class PayloadKeyError extends Error {
  override name = 'PayloadKeyError'
}

/**
 * Encrypts whole payloads, their metadata included, each with an IV of its own. What it did not write it leaves as it is, so
 * that rollouts from before the key, and signals without arguments from Temporal's UI, are still read.
 */
export function createPayloadCodec({ current, all }: PayloadKeys): PayloadCodec {
  const keys = new Map(all.map(({ id, secret }) => [id, secret]))

  const encrypt = (payload: Payload): Payload => {
    const iv = randomBytes(IV_BYTES)
    const sealing = createCipheriv('aes-256-gcm', current.secret, iv).setAAD(boundTo(current.id))
    const plain = temporal.api.common.v1.Payload.encode(payload).finish()
    const sealed = [sealing.update(plain), sealing.final()]
    return {
      metadata: {
        encoding: Buffer.from(encryptedEncoding),
        'encryption-cipher': Buffer.from(cipher),
        'encryption-key-id': Buffer.from(current.id),
      },
      data: Buffer.concat([iv, sealing.getAuthTag(), ...sealed]),
    }
  }

  const decrypt = (payload: Payload): Payload => {
    const { metadata, data } = payload
    if (!data || textOf(metadata?.['encoding']) !== encryptedEncoding) return payload
    const id = textOf(metadata?.['encryption-key-id'])
    const secret = keys.get(id)
    if (!secret) {
      throw new PayloadKeyError(
        `What Temporal keeps was encrypted with the key ${id || 'of an unknown name'}, which is neither SLUICE_PAYLOAD_KEY nor among SLUICE_PAYLOAD_OLD_KEYS of this process.`,
      )
    }
    try {
      const tagEnd = IV_BYTES + TAG_BYTES
      const opening = createDecipheriv('aes-256-gcm', secret, data.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
      opening.setAAD(boundTo(id)).setAuthTag(data.subarray(IV_BYTES, tagEnd))
      const plain = Buffer.concat([opening.update(data.subarray(tagEnd)), opening.final()])
      return temporal.api.common.v1.Payload.decode(plain)
    } catch (error) {
      throw new PayloadKeyError(
        `What Temporal keeps under the key ${id} does not open with the key of that name here: it is another key, or the payload was changed.`,
        { cause: error },
      )
    }
  }

  return {
    encode: async (payloads) => payloads.map(encrypt),
    decode: async (payloads) => payloads.map(decrypt),
  }
}

/** A payload cannot be passed off as one of another key. */
function boundTo(id: string): Buffer {
  return Buffer.from(`sluice ${cipher} ${id}`)
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes).toString() : ''
}
