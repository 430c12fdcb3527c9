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
import type { ImageCopy } from '../../rollout/plan/types.ts'
import type { Seed } from '../../sandbox/core/seed.ts'
import type { ImageSeed } from '../../sandbox/ecr/seed.ts'
import { registryOf, type Repository } from '../../sandbox/ecr/state.ts'
import { createCopyImage } from './copy-image.ts'
import { registryHost } from './image-address.ts'
import { copyTag } from './push-image.ts'

const rolloutId = 'fraud-38-abcd1234'
const MIB = 1024 ** 2

let accounts: Accounts
afterEach(() => accounts?.close())

async function start(image: ImageSeed, seed: Seed = {}) {
  const { repositories = [], ...rest } = seed as { repositories?: readonly unknown[] }
  accounts = await startAccounts({
    ...rest,
    repositories: [
      {
        name: 'scorer',
        account: registryId,
        region: 'eu-west-1',
        pullers: [prodId],
        images: [{ tags: ['v38'], ...image }],
      },
      ...repositories,
    ],
  })
}

const repository = (account: string, region: string): Repository | undefined =>
  registryOf(accounts.sandbox.world, account, region).repositories.get('scorer')

const source = () => repository(registryId, 'eu-west-1')!
const target = () => repository(prodId, 'us-east-1')
const digest = () => source().tags.get('v38')!

const planned = (mode: ImageCopy['mode'] = 'copy'): ImageCopy => ({
  mode,
  source: `${registryHost(registryId, 'eu-west-1')}/scorer:v38`,
  digest: digest(),
  from: registry,
  destination: `${registryHost(prodId, 'us-east-1')}/scorer@${digest()}`,
  repository: 'scorer',
  to: prod,
  bytes: 1_000,
})

const run = (copy: ImageCopy) =>
  activityContext().run(createCopyImage({ aws: accounts.aws, clockRate: 60 }), { rolloutId, copy })

const calls = (operation: string) =>
  accounts.sandbox.world.calls.list().filter((call) => call.operation === operation)

describe('copying an image', () => {
  it('makes the repository, keeps the digest, tags the copy as ours, and is skipped the next time', async () => {
    await start({ layers: [{ text: 'base' }, { text: 'code' }] })
    expect(await run(planned())).toMatchObject({ objects: 3, skipped: 0 })
    expect(target()!.images.get(digest())?.manifest).toBe(source().images.get(digest())?.manifest)
    expect(target()!.tags.get(copyTag(digest()))).toBe(digest())
    expect(await run(planned())).toMatchObject({ skipped: 3 })
    expect(calls('PutImage')).toHaveLength(1)
  })

  it('pushes the images of an index before the index', async () => {
    await start({ platforms: ['linux/amd64', 'linux/arm64'], format: 'oci', layers: [{ size: 2_000 }] })
    await run(planned())
    expect(target()!.images.size).toBe(3)
    expect([...target()!.tags.keys()]).toEqual([copyTag(digest())])
  })

  it('streams a layer of several parts, and goes on where a download broke', async () => {
    await start({ layers: [{ size: 25 * MIB }] })
    accounts.sandbox.world.faults.arm({ kind: 'layer-cut', times: 2 })
    await run(planned())
    expect(calls('UploadLayerPart').filter((call) => call.status === 200).length).toBeGreaterThan(2)
    expect(calls('GetDownloadUrlForLayer').length).toBeGreaterThanOrEqual(4)
    expect(target()!.images.has(digest())).toBe(true)
  })

  it('leaves out layers that are there, and takes "already exists" as success', async () => {
    await start({ layers: [{ text: 'base' }, { text: 'code' }] })
    accounts.sandbox.world.faults.arm({ kind: 'lose-answer', operation: 'PutImage' })
    accounts.sandbox.world.faults.arm({ kind: 'lose-answer', operation: 'CreateRepository' })
    await run(planned())
    expect(target()!.images.has(digest())).toBe(true)
  })

  it.each(['UploadLayerPart', 'CompleteLayerUpload', 'PutImage'])(
    'goes on after every answer to %s was lost',
    async (operation) => {
      await start({ layers: [{ size: 25 * MIB }] })
      accounts.sandbox.world.faults.arm({ kind: 'lose-answer', operation, cycle: { hit: 2, pass: 1 } })
      await run(planned())
      expect(target()!.images.has(digest())).toBe(true)
    },
  )

  it('uploads the layers again when ECR says that they are gone', async () => {
    await start({ layers: [{ text: 'base' }] })
    accounts.sandbox.world.faults.arm({
      kind: 'error',
      operation: 'PutImage',
      with: { code: 'LayersNotFoundException', message: 'Layers with digests … do not exist' },
    })
    await run(planned())
    expect(calls('PutImage').map((call) => call.status)).toEqual([400, 200])
  })

  it('stops as SourceChanged when the planned image is gone, though its tag is there', async () => {
    await start({ layers: [{ text: 'base' }] })
    const copy = { ...planned(), digest: `sha256:${'0'.repeat(64)}` }
    const failure = await failureOf(
      run({ ...copy, destination: copy.destination.replace(/@.*/, `@${copy.digest}`) }),
    )
    expect(failure).toMatchObject({ type: 'SourceChanged', nonRetryable: true })
  })

  it('is Denied, naming account and operation, when the target may not push', async () => {
    await start(
      { layers: [{ text: 'base' }] },
      {
        roles: [
          {
            arn: prod.role,
            trusts: ['999999999999'],
            denies: ['ecr:CreateRepository'],
          },
        ],
      },
    )
    const failure = await failureOf(run(planned()))
    expect(failure).toMatchObject({
      type: 'Denied',
      message: expect.stringMatching(/ECR CreateRepository in account 333333333333, us-east-1/),
    })
  })
})

describe('an image that others bring', () => {
  it('is waited for while ECR replicates it', async () => {
    await start(
      { layers: [{ text: 'base' }] },
      {
        registries: [
          {
            account: registryId,
            region: 'eu-west-1',
            replication: [{ destinations: [{ registryId: prodId, region: 'us-east-1' }] }],
            replicationSeconds: 6_000,
          },
        ],
      },
    )
    const { replicate } = await import('../../sandbox/ecr/replication.ts')
    replicate(accounts.sandbox.world, source(), source().images.get(digest())!, 'v38')
    expect(await failureOf(run(planned('replicated')))).toMatchObject({ type: 'NotYet', nonRetryable: false })
  })

  it('is refused with the reason when ECR will never replicate it', async () => {
    await start({ layers: [{ text: 'base' }] })
    expect(await failureOf(run(planned('replicated')))).toMatchObject({
      type: 'Refused',
      message: expect.stringContaining('pushed before the rule was made'),
    })
  })

  it.each(['remap', 'none'] as const)('is NotFound when it is not there (%s)', async (mode) => {
    await start({ layers: [{ text: 'base' }] })
    expect(await failureOf(run(planned(mode)))).toMatchObject({ type: 'NotFound' })
  })

  it('is fine when it is there', async () => {
    await start({ layers: [{ text: 'base' }] })
    await run(planned())
    expect(await run(planned('none'))).toMatchObject({ objects: 2, skipped: 2 })
  })
})
