import { PutObjectCommand } from '@aws-sdk/client-s3'
import type { Activities } from './contract.ts'
import type { Dependencies } from './dependencies.ts'
import { splitUri } from './testing/s3-lines.ts'

/** Where the record of a rollout is kept: `<prefix><rolloutId>.json`. */
export function recordKey(prefix: string, rolloutId: string): string {
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
  return `${folder}${rolloutId}.json`
}

/** Keeps the whole record of an ended rollout in S3; written twice, it is one object. */
export function createRecordActivities({ aws }: Dependencies): Pick<Activities, 'writeRecord'> {
  return {
    async writeRecord({ rolloutId, place, to, record }) {
      const { bucket, key: prefix } = splitUri(to)
      const key = recordKey(prefix, rolloutId)
      await aws.s3(place, rolloutId).send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: `${JSON.stringify(record, null, 2)}\n`,
          ContentType: 'application/json',
          ChecksumAlgorithm: 'CRC32',
          ExpectedBucketOwner: place.accountId,
          // No ServerSideEncryption: S3 encrypts by the bucket's default, and naming AES256 would override its KMS key.
        }),
      )
      return { uri: `s3://${bucket}/${key}` }
    },
  }
}
