import { AwsError, type Call, type World } from '../core/types.ts'
import type { Bucket, Encryption } from './state.ts'

/** A KMS key as a seed names it; keys that were never seeded may be used by everyone who may use the bucket. */
export interface KeySeed {
  readonly arn: string
  /** Account ids beside the key's own that may encrypt and decrypt with it. */
  readonly users?: readonly string[]
}

const keysOf = (world: World) => world.state('kms', 'all', 'all', () => new Map<string, readonly string[]>())

const accountOf = (arn: string) => arn.split(':')[4] ?? ''

export const putKey = (world: World, { arn, users = [] }: KeySeed): void => {
  if (!/^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/.+$/.test(arn)) {
    throw new RangeError(
      `kmsKeys: found '${arn}'; a key is arn:aws:kms:<region>:<account>:key/<id>, or :alias/<name>`,
    )
  }
  keysOf(world).set(arn, [accountOf(arn), ...users])
}

/** Throws AccessDenied, as S3 passes it on from KMS, when the caller may not use the key. */
export const useKey = (
  call: Pick<Call, 'world' | 'principal'>,
  key: string | undefined,
  action: 'Decrypt' | 'GenerateDataKey',
) => {
  const users = key === undefined ? undefined : keysOf(call.world).get(key)
  if (users === undefined || users.includes(call.principal.accountId)) return
  throw new AwsError(
    'AccessDenied',
    `User: ${call.principal.arn} is not authorized to perform: kms:${action} on resource: ${key} because no resource-based policy allows the kms:${action} action`,
    403,
  )
}

/** How a new object is encrypted: what the request says, else the bucket's default. A key of another Region does not exist. */
export const chooseEncryption = (
  call: Pick<Call, 'world' | 'principal'>,
  bucket: Bucket,
  input: { readonly ServerSideEncryption?: string; readonly SSEKMSKeyId?: string },
): Encryption => {
  if (input.SSEKMSKeyId !== undefined && input.ServerSideEncryption !== 'aws:kms') {
    throw new AwsError(
      'InvalidArgument',
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
    )
  }
  const kmsKey = input.ServerSideEncryption === 'AES256' ? undefined : (input.SSEKMSKeyId ?? bucket.kmsKey)
  if (kmsKey === undefined) {
    return input.ServerSideEncryption === 'aws:kms'
      ? { algorithm: 'aws:kms', kmsKey: `arn:aws:kms:${bucket.region}:${bucket.accountId}:alias/aws/s3` }
      : { algorithm: 'AES256' }
  }
  const region = kmsKey.startsWith('arn:') ? kmsKey.split(':')[3] : bucket.region
  if (region !== bucket.region) {
    throw new AwsError('KMS.NotFoundException', `Invalid arn ${region}`)
  }
  useKey(call, kmsKey, 'GenerateDataKey')
  return { algorithm: 'aws:kms', kmsKey }
}

/** The answer headers that tell how an object is encrypted. */
export const encryptionHeaders = ({ algorithm, kmsKey }: Encryption) => ({
  ServerSideEncryption: algorithm,
  SSEKMSKeyId: kmsKey,
})
