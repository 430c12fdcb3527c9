import { createHash, randomBytes } from 'node:crypto'
import {
  BatchCheckLayerAvailabilityCommand,
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  DescribeImageReplicationStatusCommand,
  DescribeImagesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  SetRepositoryPolicyCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startSandbox, type Sandbox } from '../start.ts'
import { pullPolicy } from './policy.ts'
import { resolveImage } from './resolve.ts'

const source = '111111111111'
const target = '222222222222'
const MIB = 1024 ** 2
const sha = (bytes: Buffer | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

let sandbox: Sandbox
let from: ECRClient
let to: ECRClient
const client = (accountId: string, region: string) =>
  new ECRClient({
    endpoint: sandbox.url,
    region,
    credentials: { accessKeyId: `AKIA${accountId}`, secretAccessKey: 'any' },
    maxAttempts: 1,
  })

beforeAll(async () => {
  sandbox = await startSandbox({
    clockRate: 600,
    seed: {
      registries: [
        {
          account: source,
          region: 'eu-west-1',
          replication: [
            {
              destinations: [{ region: 'eu-central-1', registryId: source }],
              repositoryFilters: [{ filter: 'replicated', filterType: 'PREFIX_MATCH' }],
            },
          ],
        },
      ],
      repositories: [
        {
          name: 'fraud',
          account: source,
          region: 'eu-west-1',
          pullers: [target],
          images: [
            { tags: ['38'], layers: [{ text: 'weights' }, { size: 300_000 }], labels: { team: 'risk' } },
            { tags: ['multi'], platforms: ['linux/amd64', 'linux/arm64'], format: 'oci' },
          ],
        },
        { name: 'closed', account: source, region: 'eu-west-1', images: [{ tags: ['1'] }] },
        { name: 'replicated/fraud', account: source, region: 'eu-west-1' },
        { name: 'fixed', account: target, region: 'us-east-1', immutableTags: true },
        {
          name: 'expiring',
          account: target,
          region: 'us-east-1',
          lifecyclePolicy: {
            rules: [
              {
                rulePriority: 1,
                selection: {
                  tagStatus: 'untagged',
                  countType: 'sinceImagePushed',
                  countUnit: 'days',
                  countNumber: 7,
                },
                action: { type: 'expire' },
              },
            ],
          },
          images: [{ tags: [] }, { tags: ['sluice-0123456789ab'], layers: [{ text: 'kept' }] }],
        },
      ],
      awsImages: [
        { repository: 'pytorch-inference', tag: '2.6.0-cpu-py312', regions: ['eu-west-1', 'me-south-1'] },
      ],
    },
  })
  from = client(source, 'eu-west-1')
  to = client(target, 'us-east-1')
})
afterAll(() => sandbox.close())

const fraud = { registryId: source, repositoryName: 'fraud' }
const reader = () => client(target, 'eu-west-1')

const manifestOf = async (imageTag: string) => {
  const { images } = await reader().send(new BatchGetImageCommand({ ...fraud, imageIds: [{ imageTag }] }))
  return images![0]!
}

const upload = async (repositoryName: string, bytes: Buffer, claimed = sha(bytes), partSize = 5 * MIB) => {
  const { uploadId } = await to.send(new InitiateLayerUploadCommand({ repositoryName }))
  for (let first = 0; first < bytes.length; first += partSize) {
    const layerPartBlob = bytes.subarray(first, first + partSize)
    const part = {
      repositoryName,
      uploadId,
      partFirstByte: first,
      partLastByte: first + layerPartBlob.length - 1,
      layerPartBlob,
    }
    await to.send(new UploadLayerPartCommand(part))
  }
  return to.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [claimed] }))
}

const download = async (digest: string) => {
  const { downloadUrl } = await reader().send(
    new GetDownloadUrlForLayerCommand({ ...fraud, layerDigest: digest }),
  )
  return Buffer.from(await (await fetch(downloadUrl!)).arrayBuffer())
}

describe('reading images', () => {
  it('says what is missing as data in failures', async () => {
    const wanted = [{ imageTag: 'nope' }, {}, { imageTag: '38', imageDigest: sha('other') }]
    const { images, failures } = await reader().send(new BatchGetImageCommand({ ...fraud, imageIds: wanted }))
    expect(images).toEqual([])
    expect(failures!.map((one) => one.failureCode)).toEqual([
      'ImageNotFound',
      'MissingDigestAndTag',
      'ImageTagDoesNotMatchDigest',
    ])
  })

  it('is refused in another account unless the policy allows it', async () => {
    const closed = { registryId: source, repositoryName: 'closed', imageIds: [{ imageTag: '1' }] }
    await expect(reader().send(new BatchGetImageCommand(closed))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
    const policyText = pullPolicy([target])
    await from.send(new SetRepositoryPolicyCommand({ repositoryName: 'closed', policyText }))
    expect((await reader().send(new BatchGetImageCommand(closed))).images).toHaveLength(1)
    const { policyText: kept } = await from.send(new GetRepositoryPolicyCommand({ repositoryName: 'closed' }))
    expect(JSON.parse(kept!)).toMatchObject({ Version: '2012-10-17' })
  })

  it('knows no repository of another Region or account', async () => {
    const attempt = client(source, 'us-east-1').send(
      new DescribeRepositoriesCommand({ repositoryNames: ['fraud'] }),
    )
    await expect(attempt).rejects.toMatchObject({ name: 'RepositoryNotFoundException' })
  })

  it('gives digests that are those of the bytes', async () => {
    const image = await manifestOf('38')
    expect(image.imageId?.imageDigest).toBe(sha(image.imageManifest!))
    for (const { digest, size } of JSON.parse(image.imageManifest!).layers) {
      const layer = await download(digest)
      expect([sha(layer), layer.length]).toEqual([digest, size])
    }
  })

  it('throws for a missing image in DescribeImages', async () => {
    const attempt = from.send(
      new DescribeImagesCommand({ repositoryName: 'fraud', imageIds: [{ imageTag: 'nope' }] }),
    )
    await expect(attempt).rejects.toMatchObject({ name: 'ImageNotFoundException' })
    const { imageDetails } = await from.send(
      new DescribeImagesCommand({ repositoryName: 'fraud', imageIds: [{ imageTag: '38' }] }),
    )
    expect(imageDetails![0]).toMatchObject({ imageTags: ['38'], imagePushedAt: expect.any(Date) })
  })

  it('breaks a download half-way when told to', async () => {
    const { layers } = JSON.parse((await manifestOf('38')).imageManifest!)
    sandbox.world.faults.arm({ kind: 'layer-cut' })
    await expect(download(layers[1].digest)).rejects.toThrow()
    expect(sha(await download(layers[1].digest))).toBe(layers[1].digest)
  })

  it('finds AWS images in each Region under its own account', async () => {
    for (const [region, registryId] of [
      ['eu-west-1', '763104351884'],
      ['me-south-1', '217643126080'],
    ] as const) {
      const imageIds = [{ imageTag: '2.6.0-cpu-py312' }]
      const command = new BatchGetImageCommand({ registryId, repositoryName: 'pytorch-inference', imageIds })
      expect((await client(target, region).send(command)).images).toHaveLength(1)
    }
  })
})

describe('pushing images', () => {
  beforeAll(() => to.send(new CreateRepositoryCommand({ repositoryName: 'copies' })))

  it('refuses a repository that exists', async () => {
    const again = to.send(new CreateRepositoryCommand({ repositoryName: 'copies' }))
    await expect(again).rejects.toMatchObject({ name: 'RepositoryAlreadyExistsException' })
  })

  it('refuses names that the service model forbids, in the words of ECR', async () => {
    const attempt = to.send(new CreateRepositoryCommand({ repositoryName: 'Bad_Name!' }))
    await expect(attempt).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: '",
      ),
    })
  })

  it('copies an image by its blobs and keeps its digest', async () => {
    const image = await manifestOf('38')
    const { config, layers } = JSON.parse(image.imageManifest!)
    const put = () =>
      to.send(
        new PutImageCommand({
          repositoryName: 'copies',
          imageManifest: image.imageManifest,
          imageTag: 'v38',
        }),
      )
    await expect(put()).rejects.toMatchObject({ name: 'LayersNotFoundException' })
    for (const { digest } of [config, ...layers]) await upload('copies', await download(digest))
    expect((await put()).image?.imageId?.imageDigest).toBe(image.imageId?.imageDigest)
    await expect(put()).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' })
    const layerDigests = [layers[0].digest, sha('missing')]
    const checked = await to.send(
      new BatchCheckLayerAvailabilityCommand({ repositoryName: 'copies', layerDigests }),
    )
    expect(checked.layers!.map((one) => one.layerAvailability)).toEqual(['AVAILABLE', 'UNAVAILABLE'])
  })

  it('wants the children of an index first', async () => {
    const index = await manifestOf('multi')
    const put = (imageManifest: string) =>
      to.send(new PutImageCommand({ repositoryName: 'copies', imageManifest }))
    await expect(put(index.imageManifest!)).rejects.toMatchObject({
      name: 'ReferencedImagesNotFoundException',
    })
    for (const { digest } of JSON.parse(index.imageManifest!).manifests) {
      const { images } = await reader().send(
        new BatchGetImageCommand({ ...fraud, imageIds: [{ imageDigest: digest }] }),
      )
      const { config, layers } = JSON.parse(images![0]!.imageManifest!)
      for (const blob of [config, ...layers]) {
        const exists = (error: Error) => expect(error.name).toBe('LayerAlreadyExistsException')
        await upload('copies', await download(blob.digest)).catch(exists)
      }
      await put(images![0]!.imageManifest!)
    }
    expect((await put(index.imageManifest!)).image?.imageId?.imageDigest).toBe(index.imageId?.imageDigest)
  })

  it('refuses a digest that is not that of the manifest', async () => {
    const { imageManifest } = await manifestOf('38')
    const attempt = to.send(
      new PutImageCommand({ repositoryName: 'copies', imageManifest, imageDigest: sha('x') }),
    )
    await expect(attempt).rejects.toMatchObject({ name: 'ImageDigestDoesNotMatchException' })
  })

  it('keeps immutable tags where they are', async () => {
    for (const text of ['one', 'two']) {
      const layer = Buffer.from(text)
      await upload('fixed', layer)
      const imageManifest = JSON.stringify({
        schemaVersion: 2,
        layers: [{ digest: sha(layer), size: layer.length }],
      })
      const put = to.send(new PutImageCommand({ repositoryName: 'fixed', imageManifest, imageTag: 'live' }))
      if (text === 'one') await put
      else await expect(put).rejects.toMatchObject({ name: 'ImageTagAlreadyExistsException' })
    }
  })
})

describe('uploading layers', () => {
  it('checks the digest that is claimed', async () => {
    await expect(upload('fixed', Buffer.from('abc'), sha('xyz'))).rejects.toMatchObject({
      name: 'InvalidLayerException',
    })
  })

  it('joins parts, and says where to go on after a gap', async () => {
    const bytes = randomBytes(11 * MIB)
    expect((await upload('fixed', bytes)).layerDigest).toBe(sha(bytes))
    await expect(upload('fixed', bytes)).rejects.toMatchObject({ name: 'LayerAlreadyExistsException' })
    const { uploadId } = await to.send(new InitiateLayerUploadCommand({ repositoryName: 'fixed' }))
    const part = {
      repositoryName: 'fixed',
      uploadId,
      partFirstByte: 5,
      partLastByte: 7,
      layerPartBlob: Buffer.from('abc'),
    }
    await expect(to.send(new UploadLayerPartCommand(part))).rejects.toMatchObject({
      name: 'InvalidLayerPartException',
      lastValidByteReceived: -1,
    })
  })

  it('refuses an empty upload, a small part, and an unknown upload', async () => {
    const complete = (uploadId: string | undefined) =>
      to.send(new CompleteLayerUploadCommand({ repositoryName: 'fixed', uploadId, layerDigests: [sha('')] }))
    const { uploadId } = await to.send(new InitiateLayerUploadCommand({ repositoryName: 'fixed' }))
    await expect(complete(uploadId)).rejects.toMatchObject({ name: 'EmptyUploadException' })
    await expect(complete('11111111-1111-1111-1111-111111111111')).rejects.toMatchObject({
      name: 'UploadNotFoundException',
    })
    await expect(upload('fixed', randomBytes(2000), undefined, 1000)).rejects.toMatchObject({
      name: 'LayerPartTooSmallException',
    })
  })
})

describe('registries', () => {
  it('replicate what is pushed after the rule, and only that', async () => {
    const { replicationConfiguration } = await from.send(new DescribeRegistryCommand({}))
    expect(replicationConfiguration?.rules).toHaveLength(1)
    const repositoryName = 'replicated/fraud'
    const layer = Buffer.from('replicated')
    const { uploadId } = await from.send(new InitiateLayerUploadCommand({ repositoryName }))
    const part = {
      repositoryName,
      uploadId,
      partFirstByte: 0,
      partLastByte: layer.length - 1,
      layerPartBlob: layer,
    }
    await from.send(new UploadLayerPartCommand(part))
    await from.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [sha(layer)] }))
    const imageManifest = JSON.stringify({
      schemaVersion: 2,
      layers: [{ digest: sha(layer), size: layer.length }],
    })
    await from.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: '1' }))
    const status = async () =>
      (
        await from.send(
          new DescribeImageReplicationStatusCommand({ repositoryName, imageId: { imageTag: '1' } }),
        )
      ).replicationStatuses![0]
    await vi.waitFor(async () => expect((await status())?.status).toBe('COMPLETE'), { timeout: 5000 })
    const there = client(source, 'eu-central-1')
    const { images } = await there.send(
      new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: '1' }] }),
    )
    expect(images![0]!.imageId?.imageDigest).toBe(sha(imageManifest))
  })

  it('expire what the lifecycle policy selects, and nothing that is tagged', async () => {
    const policy = await to.send(new GetLifecyclePolicyCommand({ repositoryName: 'expiring' }))
    expect(JSON.parse(policy.lifecyclePolicyText!).rules).toHaveLength(1)
    await expect(to.send(new GetLifecyclePolicyCommand({ repositoryName: 'fixed' }))).rejects.toMatchObject({
      name: 'LifecyclePolicyNotFoundException',
    })
    const answer = await fetch(`${sandbox.url}/_sandbox/control/apply-lifecycle`, {
      method: 'POST',
      body: JSON.stringify({ inDays: 8 }),
    })
    expect(await answer.json()).toMatchObject([
      { repository: 'expiring', expired: [expect.stringMatching(/^sha256:/)] },
    ])
    const { imageDetails } = await to.send(new DescribeImagesCommand({ repositoryName: 'expiring' }))
    expect(imageDetails!.map((one) => one.imageTags)).toEqual([['sluice-0123456789ab']])
  })

  it('lose an image with its last tag', async () => {
    const imageIds = [{ imageTag: 'sluice-0123456789ab' }]
    await to.send(new BatchDeleteImageCommand({ repositoryName: 'expiring', imageIds }))
    const { failures } = await to.send(new BatchGetImageCommand({ repositoryName: 'expiring', imageIds }))
    expect(failures).toHaveLength(1)
  })
})

describe('what SageMaker resolves', () => {
  const uri = (account: string, region: string, name: string) =>
    `${account}.dkr.ecr.${region}.amazonaws.com/${name}`
  it('is an image of its own Region that the account may pull', () => {
    const resolve = (image: string, accountId = target, region = 'eu-west-1') =>
      resolveImage(sandbox.world, image, { accountId, region })
    const found = resolve(uri(source, 'eu-west-1', 'fraud:38'))
    expect(found).toMatchObject({ found: true, labels: { team: 'risk' } })
    expect(found.found && found.resolved).toMatch(/fraud@sha256:/)
    expect(found.found && resolve(found.resolved)).toMatchObject({ found: true })
    expect(resolve(uri(source, 'us-east-1', 'fraud:38'))).toEqual({ found: false, reason: 'WrongRegion' })
    expect(resolve(uri(source, 'eu-west-1', 'fraud:nope'))).toEqual({ found: false, reason: 'NoSuchImage' })
    expect(resolve(uri(source, 'eu-west-1', 'fraud:38'), '333333333333')).toEqual({
      found: false,
      reason: 'AccessDenied',
    })
    expect(resolve('docker.io/library/nginx')).toEqual({ found: false, reason: 'NotEcr' })
  })
})
