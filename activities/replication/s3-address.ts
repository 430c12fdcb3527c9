import { fail } from '../failure.ts'

/** One object, or a prefix, in S3. */
export interface S3Address {
  readonly bucket: string
  readonly key: string
}

/** The two parts of `s3://bucket/key`; throws Invalid for anything else. */
export function parseS3(uri: string): S3Address {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? []
  if (bucket === undefined || key === undefined)
    throw fail('Invalid', `${uri} is not an address like s3://bucket/key.`)
  return { bucket, key }
}

/** `s3://bucket/key` */
export function formatS3({ bucket, key }: S3Address): string {
  return `s3://${bucket}/${key}`
}

/** The `CopySource` of an object, URL-encoded as S3 wants it. */
export function copySource({ bucket, key }: S3Address, versionId?: string): string {
  const path = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`
  return versionId ? `${path}?versionId=${encodeURIComponent(versionId)}` : path
}
