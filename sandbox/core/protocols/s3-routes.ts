import { AwsError, type RawRequest } from '../types.ts'

type Pick = readonly [queryName: string, operation: string]

const BUCKET: Readonly<Record<string, readonly Pick[]>> = {
  GET: [
    ['location', 'GetBucketLocation'],
    ['versioning', 'GetBucketVersioning'],
    ['encryption', 'GetBucketEncryption'],
    ['uploads', 'ListMultipartUploads'],
    ['versions', 'ListObjectVersions'],
    ['list-type', 'ListObjectsV2'],
  ],
  PUT: [
    ['versioning', 'PutBucketVersioning'],
    ['encryption', 'PutBucketEncryption'],
    ['', 'CreateBucket'],
  ],
  HEAD: [['', 'HeadBucket']],
  DELETE: [['', 'DeleteBucket']],
  POST: [['delete', 'DeleteObjects']],
}

const OBJECT: Readonly<Record<string, readonly Pick[]>> = {
  GET: [
    ['tagging', 'GetObjectTagging'],
    ['attributes', 'GetObjectAttributes'],
    ['uploadId', 'ListParts'],
    ['', 'GetObject'],
  ],
  HEAD: [['', 'HeadObject']],
  PUT: [
    ['tagging', 'PutObjectTagging'],
    ['partNumber', 'UploadPart'],
    ['', 'PutObject'],
  ],
  POST: [
    ['uploads', 'CreateMultipartUpload'],
    ['uploadId', 'CompleteMultipartUpload'],
  ],
  DELETE: [
    ['uploadId', 'AbortMultipartUpload'],
    ['tagging', 'DeleteObjectTagging'],
    ['', 'DeleteObject'],
  ],
}

const SUBRESOURCES =
  /^(acl|cors|lifecycle|policy|replication|notification|website|logging|torrent|retention|legal-hold|select|restore)$/

const COPIES: Readonly<Record<string, string>> = { PutObject: 'CopyObject', UploadPart: 'UploadPartCopy' }

/** Which S3 operation a path-style request is, and its bucket and key. */
export const routeS3 = (request: RawRequest): { operation: string; labels: Record<string, string> } => {
  const [, bucket = '', ...rest] = request.path.split('/')
  const key = rest.join('/')
  const labels = { Bucket: decodeURIComponent(bucket), Key: decodeURIComponent(key) }
  const refuse = () =>
    new AwsError('NotImplemented', `The sandbox does not serve S3 ${request.method} ${request.path}`, 501)
  if (bucket === '') {
    if (request.method === 'GET') return { operation: 'ListBuckets', labels: {} }
    throw refuse()
  }
  if ([...request.query.keys()].some((name) => SUBRESOURCES.test(name))) throw refuse()
  const picks = (key === '' ? BUCKET : OBJECT)[request.method] ?? []
  const operation = picks.find(([name]) => name === '' || request.query.has(name))?.[1]
  if (!operation) throw refuse()
  const copy = request.headers['x-amz-copy-source'] === undefined ? undefined : COPIES[operation]
  return { operation: copy ?? operation, labels }
}
