import type { ServiceName } from '../core/types.ts'

const PREFIXES: Partial<Record<ServiceName, string>> = {
  'sagemaker-runtime': 'sagemaker',
  monitoring: 'cloudwatch',
}

const S3: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  GetObjectAttributes: 'GetObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  ListParts: 'ListMultipartUploadParts',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  DeleteObjects: 'DeleteObject',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  HeadBucket: 'ListBucket',
  GetBucketEncryption: 'GetEncryptionConfiguration',
  PutBucketEncryption: 'PutEncryptionConfiguration',
}

/** The IAM action that a call needs, which for S3 and CloudWatch is not named like the call. */
export const iamAction = (service: ServiceName, operation: string): string =>
  `${PREFIXES[service] ?? service}:${service === 's3' ? (S3[operation] ?? operation) : operation}`
