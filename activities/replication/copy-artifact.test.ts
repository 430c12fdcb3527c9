import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterEach, describe, expect, it } from 'vitest'
import {
  activityContext,
  failureOf,
  prod,
  prodId,
  registry,
  registryId,
  startAccounts,
  type Accounts,
} from '../../test/support/accounts.ts'
import type { ArtifactCopy } from '../../rollout/plan/types.ts'
import { readAll } from '../../sandbox/s3/content.ts'
import { findBucket, latest, type ObjectVersion } from '../../sandbox/s3/state.ts'
import { plantObject, type ObjectSeed } from '../../sandbox/s3/seed.ts'
import type { CopyProgress } from '../contract.ts'
import { createCopyArtifact } from './copy-artifact.ts'
import { listObjects, pinListing, unquote } from './list-objects.ts'

const MIB = 1024 ** 2
const GIB = 1024 ** 3
const rolloutId = 'fraud-38-abcd1234'

let accounts: Accounts
afterEach(() => accounts?.close())

interface Setup {
  readonly objects: readonly ObjectSeed[]
  /** Accounts beside its own that may read the source bucket. */
  readonly readers?: readonly string[]
  readonly versioning?: boolean
  readonly kmsKeys?: readonly unknown[]
}

async function start({ objects, readers = [prodId], versioning, kmsKeys = [] }: Setup) {
  accounts = await startAccounts({
    kmsKeys,
    buckets: [
      { name: 'source', account: registryId, region: 'eu-west-1', readers, versioning, objects },
      { name: 'target', account: prodId, region: 'us-east-1' },
    ],
  })
  return accounts
}

const stored = (bucket: string, key: string): ObjectVersion | undefined =>
  latest(findBucket(accounts.sandbox.world, bucket)!, key)

const pinned = (key: string): ArtifactCopy => {
  const { etag, size, versionId } = stored('source', key)!
  return {
    source: `s3://source/${key}`,
    kind: 'object',
    pin: { etag: unquote(etag), ...(versionId !== 'null' && { versionId }) },
    from: registry,
    to: prod,
    destination: `s3://target/copy/${key}`,
    bytes: size,
    objects: 1,
  }
}

const pinnedPrefix = async (prefix: string): Promise<ArtifactCopy> => {
  const listed = await listObjects(accounts.aws.s3(registry, rolloutId), { bucket: 'source', key: prefix })
  return {
    source: `s3://source/${prefix}`,
    kind: 'prefix',
    pin: pinListing(prefix, listed),
    from: registry,
    to: prod,
    destination: `s3://target/copy/`,
    bytes: listed.reduce((sum, { bytes }) => sum + bytes, 0),
    objects: listed.length,
  }
}

const run = (copy: ArtifactCopy, context = activityContext()) =>
  context.run(createCopyArtifact(accounts), { rolloutId, copy })

const calls = (operation: string) =>
  accounts.sandbox.world.calls.list().filter((call) => call.operation === operation && call.status < 300)

describe('copying one object', () => {
  it('keeps content, headers and tags, says whose copy it is, and is skipped the next time', async () => {
    await start({
      objects: [
        { key: 'model.tar.gz', text: 'weights', contentType: 'application/gzip', tags: { team: 'fraud' } },
      ],
    })
    const copy = pinned('model.tar.gz')
    expect(await run(copy)).toEqual({ destination: copy.destination, objects: 1, bytes: 7, skipped: 0 })
    const s3 = accounts.aws.s3(prod, rolloutId)
    const at = { Bucket: 'target', Key: 'copy/model.tar.gz' }
    expect(await s3.send(new HeadObjectCommand(at))).toMatchObject({
      ContentType: 'application/gzip',
      Metadata: { 'sluice-source-etag': copy.pin.etag, 'sluice-rollout': rolloutId },
    })
    expect((await s3.send(new GetObjectTaggingCommand(at))).TagSet).toEqual(
      expect.arrayContaining([
        { Key: 'team', Value: 'fraud' },
        { Key: 'sluice:rollout', Value: rolloutId },
      ]),
    )
    expect(readAll(stored('target', 'copy/model.tar.gz')!.content).toString()).toBe('weights')
    expect(await run(copy)).toMatchObject({ skipped: 1 })
    expect(calls('CopyObject')).toHaveLength(1)
  })

  it('stops as SourceChanged when the object was overwritten after the plan', async () => {
    await start({ objects: [{ key: 'model.tar.gz', text: 'planned' }] })
    const copy = pinned('model.tar.gz')
    plantObject(accounts.sandbox.world, findBucket(accounts.sandbox.world, 'source')!, {
      key: 'model.tar.gz',
      text: 'other bytes',
    })
    expect(await failureOf(run(copy))).toMatchObject({ type: 'SourceChanged', nonRetryable: true })
    expect(stored('target', 'copy/model.tar.gz')).toBeUndefined()
  })

  it('copies the planned version where the bucket keeps versions, whatever came later', async () => {
    await start({ objects: [{ key: 'model.tar.gz', text: 'planned' }], versioning: true })
    const copy = pinned('model.tar.gz')
    plantObject(accounts.sandbox.world, findBucket(accounts.sandbox.world, 'source')!, {
      key: 'model.tar.gz',
      text: 'other bytes',
    })
    await run(copy)
    expect(readAll(stored('target', 'copy/model.tar.gz')!.content).toString()).toBe('planned')
  })

  it('refuses to overwrite what somebody else put at the destination', async () => {
    await start({ objects: [{ key: 'model.tar.gz', text: 'weights' }] })
    plantObject(accounts.sandbox.world, findBucket(accounts.sandbox.world, 'target')!, {
      key: 'copy/model.tar.gz',
      text: 'theirs',
    })
    const failure = await failureOf(run(pinned('model.tar.gz')))
    expect(failure).toMatchObject({ type: 'Conflict', nonRetryable: true })
    expect(readAll(stored('target', 'copy/model.tar.gz')!.content).toString()).toBe('theirs')
  })

  it('accepts an equal object that somebody else put there', async () => {
    await start({ objects: [{ key: 'model.tar.gz', text: 'weights' }] })
    plantObject(accounts.sandbox.world, findBucket(accounts.sandbox.world, 'target')!, {
      key: 'copy/model.tar.gz',
      text: 'weights',
    })
    expect(await run(pinned('model.tar.gz'))).toMatchObject({ skipped: 1 })
  })

  it('goes through the worker when only the registry may read the source', async () => {
    await start({ objects: [{ key: 'model.tar.gz', text: 'weights' }], readers: [] })
    expect(await run(pinned('model.tar.gz'))).toMatchObject({ skipped: 0 })
    expect(readAll(stored('target', 'copy/model.tar.gz')!.content).toString()).toBe('weights')
    expect(calls('PutObject').map((call) => call.principal)).toEqual([
      expect.stringContaining(`${prodId}:assumed-role/sluice-deploy/sluice-${rolloutId}`),
    ])
  })

  it('is Denied, naming the destination, when nobody may write there', async () => {
    await start({ objects: [{ key: 'model.tar.gz', text: 'weights' }] })
    const elsewhere = { ...pinned('model.tar.gz'), destination: 's3://source/copy/model.tar.gz' }
    const failure = await failureOf(run({ ...elsewhere, to: { ...prod, region: 'eu-west-1' } }))
    expect(failure).toMatchObject({
      type: 'Denied',
      message: expect.stringContaining('account 333333333333'),
    })
  })

  it('is throttled like everything else: tried again later, without harm', async () => {
    await start({ objects: [{ key: 'model.tar.gz', text: 'weights' }] })
    accounts.sandbox.world.faults.arm({ kind: 'throttle', operation: 'CopyObject', times: 4 })
    const failure = await failureOf(run(pinned('model.tar.gz')))
    expect(failure).toMatchObject({ type: 'Throttled', nonRetryable: false })
    await failureOf(run(pinned('model.tar.gz')))
    expect(await run(pinned('model.tar.gz'))).toMatchObject({ skipped: 0 })
  })
})

describe('copying more than 5 GiB', () => {
  const big: ObjectSeed = { key: 'llm.tar', size: 6 * GIB + 12_345, fill: 7 }

  it('copies parts, and the checksum of the whole is the same', async () => {
    await start({ objects: [big] })
    await run(pinned('llm.tar'))
    const [from, to] = [stored('source', 'llm.tar')!, stored('target', 'copy/llm.tar')!]
    expect(to.size).toBe(from.size)
    expect(to.checksum).toEqual(from.checksum)
    expect(calls('UploadPartCopy').length).toBeGreaterThan(1)
  })

  it('takes an interrupted copy up where it was, from its heartbeat', async () => {
    await start({ objects: [big] })
    accounts.sandbox.world.faults.arm({
      kind: 'internal-error',
      operation: 'UploadPartCopy',
      skip: 9,
      times: 99,
    })
    const first = activityContext()
    let details: unknown
    first.on('heartbeat', (last: unknown) => (details = structuredClone(last)))
    expect(await failureOf(run(pinned('llm.tar'), first))).toMatchObject({ type: 'Transient' })
    const before = calls('UploadPartCopy').length
    expect(before).toBe(9)
    expect((details as CopyProgress).bytesTotal).toBe(big.size)
    accounts.sandbox.world.faults.clear()
    await run(pinned('llm.tar'), activityContext({ attempt: 2, heartbeatDetails: details }))
    expect(calls('CreateMultipartUpload')).toHaveLength(1)
    expect(calls('UploadPartCopy')).toHaveLength(13)
  })

  it('finds its own upload again when the worker died before any heartbeat', async () => {
    await start({ objects: [big] })
    accounts.sandbox.world.faults.arm({ kind: 'reset', operation: 'UploadPartCopy', skip: 5, times: 99 })
    await failureOf(run(pinned('llm.tar')))
    accounts.sandbox.world.faults.clear()
    await run(pinned('llm.tar'))
    expect(calls('CreateMultipartUpload')).toHaveLength(1)
    expect(findBucket(accounts.sandbox.world, 'target')!.uploads.size).toBe(0)
  })

  it.each([true, false])(
    'survives a completion whose answer is an error in a 200 (applied: %s)',
    async (applied) => {
      await start({ objects: [big] })
      accounts.sandbox.world.faults.arm({ kind: 'error-in-200', with: { applied }, times: 2 })
      const first = activityContext()
      let details: unknown
      first.on('heartbeat', (last: unknown) => (details = structuredClone(last)))
      await failureOf(run(pinned('llm.tar'), first))
      accounts.sandbox.world.faults.clear()
      await run(pinned('llm.tar'), activityContext({ attempt: 2, heartbeatDetails: details }))
      expect(stored('target', 'copy/llm.tar')!.checksum).toEqual(stored('source', 'llm.tar')!.checksum)
      expect(findBucket(accounts.sandbox.world, 'target')!.uploads.size).toBe(0)
    },
  )

  it('leaves no upload behind when it fails for good, or when the rollout gives it up', async () => {
    await start({ objects: [big] })
    accounts.sandbox.world.faults.arm({
      kind: 'error',
      operation: 'UploadPartCopy',
      skip: 3,
      times: 99,
      with: { code: 'InvalidRequest', message: 'no', status: 400 },
    })
    expect(await failureOf(run(pinned('llm.tar')))).toMatchObject({ type: 'Invalid' })
    expect(findBucket(accounts.sandbox.world, 'target')!.uploads.size).toBe(0)

    accounts.sandbox.world.faults.clear()
    accounts.sandbox.world.faults.arm({ kind: 'hang', operation: 'UploadPartCopy', skip: 2, times: 99 })
    const cancelled = activityContext()
    const copying = failureOf(run(pinned('llm.tar'), cancelled))
    while (accounts.sandbox.world.faults.list().every(({ taken }) => taken === 0))
      await new Promise((resolve) => setTimeout(resolve, 5))
    cancelled.cancel()
    expect(await copying).toMatchObject({ name: 'AbortError' })
    expect(findBucket(accounts.sandbox.world, 'target')!.uploads.size).toBe(0)
  })

  it('keeps its upload for the next worker when only this worker shuts down', async () => {
    await start({ objects: [big] })
    accounts.sandbox.world.faults.arm({ kind: 'hang', operation: 'UploadPartCopy', skip: 2, times: 99 })
    const { ActivityCancellationDetails } = await import('@temporalio/common')
    const stopped = activityContext()
    const copying = failureOf(run(pinned('llm.tar'), stopped))
    while (accounts.sandbox.world.faults.list().every(({ taken }) => taken === 0))
      await new Promise((resolve) => setTimeout(resolve, 5))
    stopped.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true }))
    await copying
    expect(findBucket(accounts.sandbox.world, 'target')!.uploads.size).toBe(1)
  })
})

describe('copying in parts through the worker', () => {
  it('moves a large object in bounded pieces and gives it the same checksum', async () => {
    const size = 40 * 1024 ** 2 + 1
    await start({ objects: [{ key: 'model.tar', size, fill: 3 }], readers: [] })
    await run(pinned('model.tar'))
    expect(stored('target', 'copy/model.tar')!.checksum).toEqual(stored('source', 'model.tar')!.checksum)
    expect(calls('UploadPart')).toHaveLength(3)
  })
})

describe('copying in parts through the worker, again', () => {
  it('takes an interrupted relay up where it was', async () => {
    const size = 80 * MIB
    await start({ objects: [{ key: 'model.tar', size, fill: 3 }], readers: [] })
    accounts.sandbox.world.faults.arm({ kind: 'internal-error', operation: 'UploadPart', skip: 3, times: 99 })
    const first = activityContext()
    let details: unknown
    first.on('heartbeat', (last: unknown) => (details = structuredClone(last)))
    await failureOf(run(pinned('model.tar'), first))
    accounts.sandbox.world.faults.clear()
    await run(pinned('model.tar'), activityContext({ attempt: 2, heartbeatDetails: details }))
    expect(calls('CreateMultipartUpload')).toHaveLength(1)
    expect(calls('UploadPart')).toHaveLength(5)
    expect(stored('target', 'copy/model.tar')!.checksum).toEqual(stored('source', 'model.tar')!.checksum)
  })

  it('moves an object whose only checksum is a SHA of the whole', async () => {
    const size = 40 * MIB
    await start({ objects: [{ key: 'model.tar', size, fill: 3, checksum: 'SHA256' }], readers: [] })
    await run(pinned('model.tar'))
    expect(stored('target', 'copy/model.tar')).toMatchObject({ size, checksum: { type: 'FULL_OBJECT' } })
    expect(await run(pinned('model.tar'))).toMatchObject({ skipped: 1 })
  })
})

describe('copying under a KMS key', () => {
  const key = `arn:aws:kms:us-east-1:${prodId}:key/11111111-2222-3333-4444-555555555555`

  it('encrypts the copy with it', async () => {
    await start({ objects: [{ key: 'model.tar.gz', text: 'weights' }], kmsKeys: [{ arn: key }] })
    await run({ ...pinned('model.tar.gz'), kmsKey: key })
    expect(stored('target', 'copy/model.tar.gz')!.encryption).toEqual({ algorithm: 'aws:kms', kmsKey: key })
    expect(await run({ ...pinned('model.tar.gz'), kmsKey: key })).toMatchObject({ skipped: 1 })
  })
})

describe('copying a prefix', () => {
  const objects = ['a.bin', 'deep/b.bin', 'ümlaut +1%.bin'].map((name) => ({
    key: `m/1/${name}`,
    text: name,
  }))

  it('copies everything below it, odd keys included', async () => {
    await start({ objects })
    const copy = await pinnedPrefix('m/1/')
    expect(await run(copy)).toMatchObject({ objects: 3, skipped: 0 })
    for (const { key, text } of objects)
      expect(readAll(stored('target', key.replace('m/1/', 'copy/'))!.content).toString()).toBe(text)
    expect(await run(copy)).toMatchObject({ objects: 3, skipped: 3 })
  })

  it('stops as SourceChanged when an object was added after the plan', async () => {
    await start({ objects })
    const copy = await pinnedPrefix('m/1/')
    plantObject(accounts.sandbox.world, findBucket(accounts.sandbox.world, 'source')!, {
      key: 'm/1/new.bin',
      text: 'new',
    })
    expect(await failureOf(run(copy))).toMatchObject({ type: 'SourceChanged' })
  })

  it('refuses a destination that holds other objects, which would be served with the model', async () => {
    await start({ objects })
    plantObject(accounts.sandbox.world, findBucket(accounts.sandbox.world, 'target')!, {
      key: 'copy/old.bin',
      text: 'old',
    })
    const failure = await failureOf(run(await pinnedPrefix('m/1/')))
    expect(failure).toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('s3://target/copy/old.bin'),
    })
  })
})

describe('an object that was uploaded in parts with a composite checksum', () => {
  it.each([
    ['S3 itself', [prodId]],
    ['the worker', []],
  ])('is cut in the same way by %s, so that the copy has the very same checksum', async (_, readers) => {
    await start({ objects: [], readers })
    const s3 = accounts.aws.s3(registry, rolloutId)
    const at = { Bucket: 'source', Key: 'parts.tar' }
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' }),
    )
    const Parts = await Promise.all(
      [6 * MIB, 6 * MIB, 100].map(async (size, index) => {
        const part = await s3.send(
          new UploadPartCommand({
            ...at,
            UploadId,
            PartNumber: index + 1,
            Body: Buffer.alloc(size, index),
            ChecksumAlgorithm: 'SHA256',
          }),
        )
        return { PartNumber: index + 1, ETag: part.ETag, ChecksumSHA256: part.ChecksumSHA256 }
      }),
    )
    await s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }))
    await run(pinned('parts.tar'))
    expect(stored('target', 'copy/parts.tar')!.checksum).toMatchObject({
      type: 'COMPOSITE',
      value: expect.stringMatching(/-3$/),
    })
    expect(stored('target', 'copy/parts.tar')!.checksum).toEqual(stored('source', 'parts.tar')!.checksum)
  })
})
