import type { DataConverter } from '@temporalio/common'
import { fileURLToPath } from 'node:url'
import { createPayloadCodec } from './payload-codec.ts'
import type { PayloadKeys } from './payload-keys.ts'

/** For bundling, where the workflows' own failures are converted. */
export const encryptedFailures = fileURLToPath(new URL('./failure-converter.cjs', import.meta.url))

/** How every client and worker of ours turns values into what Temporal keeps; Temporal's own way when there is no key. */
export function createDataConverter(keys: PayloadKeys | undefined): DataConverter | undefined {
  return keys && { payloadCodecs: [createPayloadCodec(keys)], failureConverterPath: encryptedFailures }
}
