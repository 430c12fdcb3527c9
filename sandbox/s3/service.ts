import type { Service, World } from '../core/types.ts'
import { bucketOperations } from './buckets.ts'
import { copyObject } from './copy.ts'
import { putKey, type KeySeed } from './kms.ts'
import { deleteObject, deleteObjects, listObjectsV2, listObjectVersions } from './list.ts'
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
  uploadPartCopy,
} from './multipart.ts'
import { getObject, getObjectAttributes, putObject } from './objects.ts'
import { packObjects, plantBucket, type BucketSeed } from './seed.ts'
import { listBuckets } from './state.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging.ts'

const dumpBuckets = (world: World) =>
  listBuckets(world).map(({ name, accountId, region, versioning, kmsKey, objects, uploads }) => ({
    name,
    accountId,
    region,
    versioning,
    kmsKey,
    objects: [...objects].flatMap(([key, versions]) =>
      versions.map((one) => ({
        key,
        versionId: one.versionId,
        size: one.size,
        etag: one.etag,
        checksum: one.checksum,
        kmsKey: one.encryption.kmsKey,
        metadata: one.metadata,
        tags: one.tags,
        deleteMarker: one.deleteMarker,
      })),
    ),
    uploads: [...uploads.values()].map(({ id, key, parts }) => ({ id, key, parts: parts.size })),
  }))

/** S3: buckets are global by name; another account gets in only where the bucket's policy names it. */
export const s3: Service = {
  service: 's3',
  operations: {
    ...bucketOperations,
    PutObject: putObject,
    GetObject: getObject,
    HeadObject: getObject,
    GetObjectAttributes: getObjectAttributes,
    DeleteObject: deleteObject,
    DeleteObjects: deleteObjects,
    CopyObject: copyObject,
    ListObjectsV2: listObjectsV2,
    ListObjectVersions: listObjectVersions,
    GetObjectTagging: getObjectTagging,
    PutObjectTagging: putObjectTagging,
    DeleteObjectTagging: deleteObjectTagging,
    CreateMultipartUpload: createMultipartUpload,
    UploadPart: uploadPart,
    UploadPartCopy: uploadPartCopy,
    CompleteMultipartUpload: completeMultipartUpload,
    AbortMultipartUpload: abortMultipartUpload,
    ListParts: listParts,
    ListMultipartUploads: listMultipartUploads,
  },
  seeds: {
    kmsKeys: (world, keys: readonly KeySeed[]) => {
      for (const key of keys) putKey(world, key)
    },
    buckets: async (world, buckets: readonly BucketSeed[]) => {
      for (const bucket of buckets) plantBucket(world, await packObjects(bucket))
    },
  },
  faultKinds: {
    'error-in-200': {
      does: 'CompleteMultipartUpload answers 200 with an error body',
      with: '`applied`: true completes it all the same',
    },
  },
  dumps: { buckets: dumpBuckets },
}
