import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '../start.ts'
import { listPrefix, readObject } from './read.ts'

const GIB = 1024 ** 3
const MIB = 1024 ** 2
const euKey = 'arn:aws:kms:eu-west-1:111111111111:alias/models'
const usKey = 'arn:aws:kms:us-east-1:222222222222:key/k1'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({
    seed: {
      kmsKeys: [{ arn: 'arn:aws:kms:eu-west-1:111111111111:key/private' }],
      buckets: [
        {
          name: 'models-eu',
          account: '111111111111',
          region: 'eu-west-1',
          readers: ['222222222222'],
          objects: [
            {
              key: 'fraud/1/model.tar.gz',
              text: 'one',
              metadata: { origin: 'training' },
              tags: { team: 'risk' },
            },
            { key: 'huge.bin', size: 6 * GIB, fill: 7 },
          ],
        },
        { name: 'models-us', account: '222222222222', region: 'us-east-1', kmsKey: usKey },
        { name: 'versions', account: '111111111111', region: 'eu-west-1', versioning: true },
        { name: 'private', account: '111111111111', region: 'eu-west-1' },
        { name: 'blind', account: '111111111111', region: 'eu-west-1', listers: [] },
        {
          name: 'secret',
          account: '111111111111',
          region: 'eu-west-1',
          kmsKey: 'arn:aws:kms:eu-west-1:111111111111:key/private',
          readers: ['222222222222'],
          objects: [{ key: 'a', text: 'a' }],
        },
      ],
    },
  })
})
afterAll(() => sandbox.close())

const client = (accountId: string, region: string) =>
  new S3Client({
    endpoint: sandbox.url,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: `AKIA${accountId}`, secretAccessKey: 'any' },
    maxAttempts: 1,
  })
let eu: S3Client
let us: S3Client
beforeAll(() => {
  eu = client('111111111111', 'eu-west-1')
  us = client('222222222222', 'us-east-1')
})
beforeEach(() => void sandbox.world.faults.clear())

const bodyOf = async (from: S3Client, Bucket: string, Key: string, more = {}) => {
  const answer = await from.send(new GetObjectCommand({ Bucket, Key, ...more }))
  return answer.Body!.transformToString()
}

describe('access to a bucket', () => {
  it('is refused with 403 to an account that the policy does not name', async () => {
    const attempt = client('222222222222', 'eu-west-1').send(
      new GetObjectCommand({ Bucket: 'private', Key: 'x' }),
    )
    await expect(attempt).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  })

  it('lets a reader read and not write', async () => {
    const other = client('222222222222', 'eu-west-1')
    expect(await bodyOf(other, 'models-eu', 'fraud/1/model.tar.gz')).toBe('one')
    await expect(
      other.send(new PutObjectCommand({ Bucket: 'models-eu', Key: 'x', Body: 'x' })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
    })
  })

  it('needs the KMS key too', async () => {
    const other = client('222222222222', 'eu-west-1')
    await expect(bodyOf(other, 'secret', 'a')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('kms:Decrypt'),
    })
    expect(await bodyOf(eu, 'secret', 'a')).toBe('a')
  })

  it('answers another Region with 301 and the right Region, except for GetBucketLocation', async () => {
    const wrong = client('111111111111', 'us-east-1')
    await expect(wrong.send(new GetObjectCommand({ Bucket: 'models-eu', Key: 'x' }))).rejects.toMatchObject({
      name: 'PermanentRedirect',
      $metadata: { httpStatusCode: 301 },
    })
    const location = await wrong.send(new GetBucketLocationCommand({ Bucket: 'models-eu' }))
    expect(location.LocationConstraint).toBe('eu-west-1')
    expect((await eu.send(new HeadBucketCommand({ Bucket: 'models-eu' }))).BucketRegion).toBe('eu-west-1')
  })

  it('refuses an expected owner that is not the owner', async () => {
    const attempt = eu.send(
      new HeadBucketCommand({ Bucket: 'models-eu', ExpectedBucketOwner: '222222222222' }),
    )
    await expect(attempt).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } })
  })

  it('says 404 for a missing key to who may list, else 403; HEAD has no body, so no code', async () => {
    const head = (Bucket: string) => eu.send(new HeadObjectCommand({ Bucket, Key: 'missing' }))
    await expect(head('private')).rejects.toMatchObject({
      name: 'NotFound',
      $metadata: { httpStatusCode: 404 },
    })
    await expect(head('blind')).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } })
    await expect(bodyOf(eu, 'private', 'missing')).rejects.toMatchObject({ name: 'NoSuchKey' })
    await expect(bodyOf(eu, 'nowhere', 'x')).rejects.toMatchObject({ name: 'NoSuchBucket' })
  })
})

describe('objects', () => {
  it('keep headers, metadata and the checksum that the SDK sends by default', async () => {
    const put = await eu.send(
      new PutObjectCommand({
        Bucket: 'private',
        Key: 'dir/a b+c.json',
        Body: '{"a":1}',
        ContentType: 'application/json',
        Metadata: { 'source-etag': 'e1' },
      }),
    )
    expect(put.ETag).toBe(`"${createHash('md5').update('{"a":1}').digest('hex')}"`)
    const head = await eu.send(
      new HeadObjectCommand({ Bucket: 'private', Key: 'dir/a b+c.json', ChecksumMode: 'ENABLED' }),
    )
    expect(head).toMatchObject({
      ContentType: 'application/json',
      ContentLength: 7,
      Metadata: { 'source-etag': 'e1' },
      ChecksumCRC32: put.ChecksumCRC32,
      ChecksumType: 'FULL_OBJECT',
      ServerSideEncryption: 'AES256',
    })
    const plain = await eu.send(new HeadObjectCommand({ Bucket: 'private', Key: 'dir/a b+c.json' }))
    expect(plain.ChecksumCRC32).toBeUndefined()
  })

  it('take a streamed body in aws-chunked framing with its checksum as a trailer', async () => {
    const bytes = Buffer.alloc(200_000, 'xyz')
    await eu.send(
      new PutObjectCommand({
        Bucket: 'private',
        Key: 'streamed',
        Body: Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]),
        ContentLength: bytes.length,
        ContentEncoding: 'gzip',
        ChecksumAlgorithm: 'SHA256',
      }),
    )
    const got = await eu.send(
      new GetObjectCommand({ Bucket: 'private', Key: 'streamed', ChecksumMode: 'ENABLED' }),
    )
    expect(got.ContentEncoding).toBe('gzip')
    expect(got.ChecksumSHA256).toBe(createHash('sha256').update(bytes).digest('base64'))
    expect(Buffer.from(await got.Body!.transformToByteArray()).equals(bytes)).toBe(true)
  })

  it('are refused when the body is not what its checksum says', async () => {
    const attempt = eu.send(
      new PutObjectCommand({ Bucket: 'private', Key: 'bad', Body: 'abc', ChecksumSHA256: 'AAAA' }),
    )
    await expect(attempt).rejects.toMatchObject({ name: 'BadDigest' })
  })

  it('are read by range, with 206 and 416', async () => {
    const ranged = await eu.send(
      new GetObjectCommand({ Bucket: 'models-eu', Key: 'huge.bin', Range: `bytes=${6 * GIB - 3}-` }),
    )
    expect(ranged).toMatchObject({
      ContentLength: 3,
      ContentRange: `bytes ${6 * GIB - 3}-${6 * GIB - 1}/${6 * GIB}`,
      $metadata: { httpStatusCode: 206 },
    })
    expect([...(await ranged.Body!.transformToByteArray())]).toEqual([7, 7, 7])
    const beyond = bodyOf(eu, 'models-eu', 'fraud/1/model.tar.gz', { Range: 'bytes=10-20' })
    await expect(beyond).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } })
  })

  it('obey conditions on write', async () => {
    await eu.send(new PutObjectCommand({ Bucket: 'private', Key: 'once', Body: '1', IfNoneMatch: '*' }))
    const again = eu.send(
      new PutObjectCommand({ Bucket: 'private', Key: 'once', Body: '2', IfNoneMatch: '*' }),
    )
    await expect(again).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    })
  })

  it('have tags', async () => {
    await eu.send(
      new PutObjectCommand({ Bucket: 'private', Key: 'tagged', Body: '1', Tagging: 'a=1&b=x%20y' }),
    )
    const read = async () =>
      (await eu.send(new GetObjectTaggingCommand({ Bucket: 'private', Key: 'tagged' }))).TagSet
    expect(await read()).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: 'x y' },
    ])
    const Tagging = { TagSet: [{ Key: 'c', Value: '3' }] }
    await eu.send(new PutObjectTaggingCommand({ Bucket: 'private', Key: 'tagged', Tagging }))
    expect(await read()).toEqual([{ Key: 'c', Value: '3' }])
  })

  it('have versions and delete markers where versioning is on', async () => {
    const put = (Body: string) => eu.send(new PutObjectCommand({ Bucket: 'versions', Key: 'v', Body }))
    const first = await put('first')
    const second = await put('second')
    expect(first.VersionId).not.toBe(second.VersionId)
    expect(await bodyOf(eu, 'versions', 'v', { VersionId: first.VersionId })).toBe('first')
    const gone = await eu.send(new DeleteObjectCommand({ Bucket: 'versions', Key: 'v' }))
    expect(gone.DeleteMarker).toBe(true)
    await expect(bodyOf(eu, 'versions', 'v')).rejects.toMatchObject({ name: 'NoSuchKey' })
    const all = await eu.send(new ListObjectVersionsCommand({ Bucket: 'versions' }))
    expect(all.Versions?.map((one) => one.VersionId)).toEqual([second.VersionId, first.VersionId])
    expect(all.DeleteMarkers).toHaveLength(1)
    await eu.send(new DeleteObjectCommand({ Bucket: 'versions', Key: 'v', VersionId: gone.VersionId }))
    expect(await bodyOf(eu, 'versions', 'v')).toBe('second')
    expect((await eu.send(new GetBucketVersioningCommand({ Bucket: 'versions' }))).Status).toBe('Enabled')
  })

  it('are listed by prefix, delimiter and page', async () => {
    await eu.send(
      new CreateBucketCommand({
        Bucket: 'listing',
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
      }),
    )
    for (const Key of ['a/1', 'a/2', 'b/1', 'c', 'd&<e>']) {
      await eu.send(new PutObjectCommand({ Bucket: 'listing', Key, Body: Key }))
    }
    const top = await eu.send(new ListObjectsV2Command({ Bucket: 'listing', Delimiter: '/' }))
    expect(top.CommonPrefixes?.map((one) => one.Prefix)).toEqual(['a/', 'b/'])
    expect(top.Contents?.map((one) => one.Key)).toEqual(['c', 'd&<e>'])
    const keys: string[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await eu.send(
        new ListObjectsV2Command({ Bucket: 'listing', MaxKeys: 2, ContinuationToken }),
      )
      keys.push(...(page.Contents ?? []).map((one) => one.Key!))
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken)
    expect(keys).toEqual(['a/1', 'a/2', 'b/1', 'c', 'd&<e>'])
    const Objects = keys.map((Key) => ({ Key }))
    const deleted = await eu.send(new DeleteObjectsCommand({ Bucket: 'listing', Delete: { Objects } }))
    expect(deleted.Deleted).toHaveLength(5)
    expect((await eu.send(new ListObjectsV2Command({ Bucket: 'listing' }))).KeyCount).toBe(0)
  })

  it('take the default key of the bucket, and no key of another Region', async () => {
    const put = await us.send(new PutObjectCommand({ Bucket: 'models-us', Key: 'k', Body: 'k' }))
    expect(put).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: usKey })
    expect(put.ETag).not.toBe(`"${createHash('md5').update('k').digest('hex')}"`)
    const foreign = us.send(
      new PutObjectCommand({
        Bucket: 'models-us',
        Key: 'k',
        Body: 'k',
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: euKey,
      }),
    )
    await expect(foreign).rejects.toMatchObject({ name: 'KMS.NotFoundException' })
  })

  it('tell their attributes', async () => {
    const attributes = await eu.send(
      new GetObjectAttributesCommand({
        Bucket: 'models-eu',
        Key: 'huge.bin',
        ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize', 'ObjectParts'],
      }),
    )
    expect(attributes).toMatchObject({ ObjectSize: 6 * GIB, ObjectParts: { TotalPartsCount: 96 } })
    expect(attributes.Checksum?.ChecksumCRC64NVME).toBeTruthy()
  })
})

describe('CopyObject', () => {
  it('copies across accounts and Regions with metadata, tags and the algorithm of the source', async () => {
    const copied = await us.send(
      new CopyObjectCommand({
        Bucket: 'models-us',
        Key: 'copy',
        CopySource: 'models-eu/fraud/1/model.tar.gz',
      }),
    )
    expect(copied.CopyObjectResult?.ChecksumCRC64NVME).toBeTruthy()
    const source = await eu.send(
      new HeadObjectCommand({ Bucket: 'models-eu', Key: 'fraud/1/model.tar.gz', ChecksumMode: 'ENABLED' }),
    )
    const head = await us.send(
      new HeadObjectCommand({ Bucket: 'models-us', Key: 'copy', ChecksumMode: 'ENABLED' }),
    )
    expect(head).toMatchObject({ Metadata: { origin: 'training' }, SSEKMSKeyId: usKey, TagCount: 1 })
    expect(head.ChecksumCRC64NVME).toBe(source.ChecksumCRC64NVME)
    expect(await bodyOf(us, 'models-us', 'copy')).toBe('one')
  })

  it('replaces metadata and tags, and computes another checksum, when told to', async () => {
    await us.send(
      new CopyObjectCommand({
        Bucket: 'models-us',
        Key: 'copy2',
        CopySource: encodeURI('models-eu/fraud/1/model.tar.gz'),
        MetadataDirective: 'REPLACE',
        Metadata: { origin: 'sluice' },
        TaggingDirective: 'REPLACE',
        Tagging: 'owner=sluice',
        ChecksumAlgorithm: 'SHA256',
      }),
    )
    const head = await us.send(
      new HeadObjectCommand({ Bucket: 'models-us', Key: 'copy2', ChecksumMode: 'ENABLED' }),
    )
    expect(head.Metadata).toEqual({ origin: 'sluice' })
    expect(head.ChecksumSHA256).toBe(createHash('sha256').update('one').digest('base64'))
  })

  it('fails when the source has changed since it was pinned', async () => {
    const attempt = us.send(
      new CopyObjectCommand({
        Bucket: 'models-us',
        Key: 'x',
        CopySource: 'models-eu/fraud/1/model.tar.gz',
        CopySourceIfMatch: '"0123"',
      }),
    )
    await expect(attempt).rejects.toMatchObject({ name: 'PreconditionFailed' })
  })

  it('copies the version that is named', async () => {
    const first = await eu.send(new PutObjectCommand({ Bucket: 'versions', Key: 'source', Body: 'first' }))
    await eu.send(new PutObjectCommand({ Bucket: 'versions', Key: 'source', Body: 'second' }))
    const CopySource = `versions/source?versionId=${first.VersionId}`
    const copied = await eu.send(new CopyObjectCommand({ Bucket: 'private', Key: 'pinned', CopySource }))
    expect(copied.CopySourceVersionId).toBe(first.VersionId)
    expect(await bodyOf(eu, 'private', 'pinned')).toBe('first')
  })

  it('refuses more than 5 GiB, and an object onto itself unchanged', async () => {
    const huge = us.send(
      new CopyObjectCommand({ Bucket: 'models-us', Key: 'x', CopySource: 'models-eu/huge.bin' }),
    )
    await expect(huge).rejects.toMatchObject({
      name: 'InvalidRequest',
      message:
        'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    })
    const self = eu.send(
      new CopyObjectCommand({
        Bucket: 'models-eu',
        Key: 'fraud/1/model.tar.gz',
        CopySource: 'models-eu/fraud/1/model.tar.gz',
      }),
    )
    await expect(self).rejects.toMatchObject({ name: 'InvalidRequest' })
  })
})

describe('multipart upload', () => {
  const begin = async (Key: string, more = {}) => {
    const { UploadId } = await us.send(
      new CreateMultipartUploadCommand({ Bucket: 'models-us', Key, ...more }),
    )
    return { Bucket: 'models-us', Key, UploadId: UploadId! }
  }
  const copyHuge = async (more = {}) => {
    const upload = await begin('huge.bin', { ChecksumAlgorithm: 'CRC64NVME', ...more })
    const Parts = []
    for (const [index, range] of [`0-${3 * GIB - 1}`, `${3 * GIB}-${6 * GIB - 1}`].entries()) {
      const part = {
        ...upload,
        PartNumber: index + 1,
        CopySource: 'models-eu/huge.bin',
        CopySourceRange: `bytes=${range}`,
      }
      const { CopyPartResult } = await us.send(new UploadPartCopyCommand(part))
      Parts.push({
        PartNumber: index + 1,
        ETag: CopyPartResult!.ETag,
        ChecksumCRC64NVME: CopyPartResult!.ChecksumCRC64NVME,
      })
    }
    return { ...upload, MultipartUpload: { Parts } }
  }

  it('copies 6 GiB in two parts to the same whole-object checksum', async () => {
    const done = await us.send(new CompleteMultipartUploadCommand(await copyHuge()))
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/)
    const checksum = async (from: S3Client, Bucket: string) =>
      (await from.send(new HeadObjectCommand({ Bucket, Key: 'huge.bin', ChecksumMode: 'ENABLED' })))
        .ChecksumCRC64NVME
    expect(await checksum(us, 'models-us')).toBe(await checksum(eu, 'models-eu'))
    expect(done.ChecksumCRC64NVME).toBe(await checksum(us, 'models-us'))
  })

  it('may answer 200 with an error in the body, applied or not', async () => {
    const upload = await copyHuge()
    const complete = () => us.send(new CompleteMultipartUploadCommand(upload))
    sandbox.world.faults.arm({ kind: 'error-in-200', name: 'models-us/huge.bin' })
    await expect(complete()).rejects.toMatchObject({ name: 'InternalError' })
    sandbox.world.faults.arm({ kind: 'error-in-200', with: { applied: true } })
    await expect(complete()).rejects.toMatchObject({ name: 'InternalError' })
    await expect(complete()).rejects.toMatchObject({
      name: 'NoSuchUpload',
      $metadata: { httpStatusCode: 404 },
    })
  })

  it('joins uploaded parts, with a composite checksum for SHA-256', async () => {
    const upload = await begin('joined', { ChecksumAlgorithm: 'SHA256' })
    const bodies = [Buffer.alloc(5 * MIB, 'a'), Buffer.from('tail')]
    const Parts = []
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1
      const other = us.send(
        new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: 'CRC32' }),
      )
      await expect(other).rejects.toMatchObject({
        name: 'InvalidRequest',
        message: expect.stringMatching(/mismatch.*sha256.*crc32/),
      })
      const part = await us.send(
        new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: 'SHA256' }),
      )
      Parts.push({ PartNumber, ETag: part.ETag, ChecksumSHA256: part.ChecksumSHA256 })
    }
    const listed = await us.send(new ListPartsCommand({ ...upload, MaxParts: 1 }))
    expect(listed).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '1' })
    const bare = Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }))
    const without = us.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: bare } }),
    )
    await expect(without).rejects.toMatchObject({ name: 'InvalidRequest' })
    const backwards = { Parts: Parts.toReversed() }
    await expect(
      us.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: backwards })),
    ).rejects.toMatchObject({ name: 'InvalidPartOrder' })
    const done = await us.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest()
    expect(done.ChecksumSHA256).toBe(`${sha(Buffer.concat(bodies.map(sha))).toString('base64')}-2`)
    expect((await bodyOf(us, 'models-us', 'joined')).length).toBe(5 * MIB + 4)
  })

  it('refuses a part that is too small or not there', async () => {
    const upload = await begin('small')
    const part = async (PartNumber: number) =>
      await us.send(new UploadPartCommand({ ...upload, PartNumber, Body: 'x' }))
    const [one, two] = [await part(1), await part(2)]
    const complete = (Parts: object[]) =>
      us.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }))
    const sum = (from: typeof one) => ({ ETag: from.ETag, ChecksumCRC32: from.ChecksumCRC32 })
    await expect(
      complete([
        { PartNumber: 1, ...sum(one) },
        { PartNumber: 2, ...sum(two) },
      ]),
    ).rejects.toMatchObject({ name: 'EntityTooSmall' })
    await expect(complete([{ PartNumber: 3, ...sum(one) }])).rejects.toMatchObject({ name: 'InvalidPart' })
  })

  it('shows uploads until they are aborted', async () => {
    const upload = await begin('aborted')
    const open = async () =>
      (await us.send(new ListMultipartUploadsCommand({ Bucket: 'models-us', Prefix: 'aborted' }))).Uploads ??
      []
    expect((await open()).map((one) => one.UploadId)).toEqual([upload.UploadId])
    await us.send(new AbortMultipartUploadCommand(upload))
    expect(await open()).toEqual([])
    await expect(us.send(new ListPartsCommand(upload))).rejects.toMatchObject({ name: 'NoSuchUpload' })
  })
})

describe('buckets', () => {
  it('are made once, and settings are kept', async () => {
    const create = (from: S3Client) => from.send(new CreateBucketCommand({ Bucket: 'fresh' }))
    await create(us)
    await expect(create(us)).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' })
    await expect(create(client('333333333333', 'us-east-1'))).rejects.toMatchObject({
      name: 'BucketAlreadyExists',
    })
    await us.send(
      new PutBucketVersioningCommand({ Bucket: 'fresh', VersioningConfiguration: { Status: 'Enabled' } }),
    )
    await us.send(
      new PutBucketEncryptionCommand({
        Bucket: 'fresh',
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: usKey } }],
        },
      }),
    )
    const put = await us.send(new PutObjectCommand({ Bucket: 'fresh', Key: 'k', Body: '' }))
    expect(put.VersionId).toBeTruthy()
    expect(put.SSEKMSKeyId).toBe(usKey)
    const names = (await us.send(new ListBucketsCommand({}))).Buckets?.map((one) => one.Name)
    expect(names).toContain('fresh')
    expect(names).not.toContain('models-eu')
  })
})

describe('what other simulated services read', () => {
  it('is limited to their Region and account', () => {
    const read = (uri: string, region: string, accountId: string) => {
      const result = readObject(sandbox.world, { uri, region, accountId })
      return result.found ? result.bytes().toString() : result.reason
    }
    const uri = 's3://models-eu/fraud/1/model.tar.gz'
    expect(read(uri, 'eu-west-1', '111111111111')).toBe('one')
    expect(read(uri, 'us-east-1', '111111111111')).toBe('WrongRegion')
    expect(read(uri, 'eu-west-1', '999999999999')).toBe('AccessDenied')
    expect(read('s3://models-eu/nothing', 'eu-west-1', '111111111111')).toBe('NoSuchKey')
    expect(
      listPrefix(sandbox.world, {
        uri: 's3://models-eu/fraud/',
        region: 'eu-west-1',
        accountId: '111111111111',
      }),
    ).toEqual(['fraud/1/model.tar.gz'])
  })
})
