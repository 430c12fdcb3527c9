import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BatchGetImageCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { artifactKey, registryBucket } from '../examples/world.ts'
import { packModel, readGolden } from '../examples/model/pack.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { approval, businessWatch, staging, twoRegions } from './support/documents.ts'
import { startStack, type Stack } from './support/stack.ts'

const oneRegion = [[{ account: 'prod-eu', region: 'eu-west-1' }]]

describe('a whole rollout', () => {
  let stack: Stack
  let before: WorldState
  let row: string
  let service: Server
  const asked: { readonly method: string; readonly signed: boolean; readonly body: unknown }[] = []

  beforeAll(async () => {
    const artifact = await packModel('good')
    const golden = await readGolden()
    row = golden.input.split('\n')[0] ?? ''
    stack = await startStack({
      golden,
      versions: [
        { version: 37, artifact },
        { version: 38, artifact },
        { version: 39, artifact, environment: { SANDBOX_ERROR_RATE: '0.5' } },
      ],
    })
    const { accounts } = stack
    await stack.seed({
      modelPackages: [
        twoContainers(stack),
        oneContainer(stack, 'replicated', 38),
        oneContainer(stack, 'pipeline', 42),
      ],
      registries: [
        {
          account: accounts.registry,
          region: 'eu-west-1',
          replication: [{ destinations: [{ region: 'eu-west-1', registryId: accounts.prodEu }] }],
          replicationSeconds: 5,
        },
      ],
      repositories: [
        {
          name: 'replicated',
          account: accounts.registry,
          region: 'eu-west-1',
          images: [{ tags: ['pushed'], layers: [{ text: 'replicated by ECR itself' }] }],
        },
        {
          name: 'pipeline',
          account: accounts.registry,
          region: 'eu-west-1',
          pullers: [accounts.prodEu],
          images: [
            {
              tags: ['serve'],
              layers: [{ text: 'several on one instance' }],
              labels: { 'com.amazonaws.sagemaker.capabilities.accept-bind-to-port': 'true' },
            },
          ],
        },
      ],
      buckets: [
        { name: `capture-${accounts.prodEu}-eu-west-1`, account: accounts.prodEu, region: 'eu-west-1' },
      ],
      alarms: [
        {
          account: accounts.prodEu,
          region: 'eu-west-1',
          AlarmName: 'fraud-scorer-5xx',
          Namespace: 'AWS/SageMaker',
          MetricName: 'Invocation5XXErrors',
          Dimensions: [
            { Name: 'EndpointName', Value: 'fraud-scorer' },
            { Name: 'VariantName', Value: 'AllTraffic' },
          ],
          Statistic: 'Average',
          Period: 60,
          EvaluationPeriods: 1,
          ComparisonOperator: 'GreaterThanThreshold',
          Threshold: 0.05,
          TreatMissingData: 'notBreaching',
          state: 'OK',
        },
      ],
      endpointConfigs: [
        {
          account: accounts.prodEu,
          region: 'eu-west-1',
          EndpointConfigName: 'by-somebody-else',
          ProductionVariants: [
            {
              VariantName: 'AllTraffic',
              ModelName: 'fraud-scorer-v37',
              InstanceType: 'ml.m5.xlarge',
              InitialInstanceCount: 3,
              InitialVariantWeight: 1,
            },
          ],
        },
      ],
    })
    service = createServer((request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        const body = Buffer.concat(parts).toString()
        asked.push({
          method: request.method ?? '',
          signed: isSigned(request.headers, body),
          body: body === '' ? undefined : JSON.parse(body),
        })
        if (request.method === 'POST') return response.writeHead(202, { location: '/results/1' }).end()
        const measurements = [{ name: 'auc', value: 0.91, unit: 'rate', limit: 0.9, passed: true }]
        return response.writeHead(200).end(JSON.stringify({ passed: true, message: 'good', measurements }))
      })
    })
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
    before = await readWorld(stack)
  })
  afterAll(async () => {
    service.close()
    await stack.close()
  })

  const say = (id: string, verb: string) => stack.ask('mia', 'POST', `/v1/rollouts/${id}/${verb}`, {})

  test('whose staging test is a service of the team’s own asks it, signed, and keeps what it measured', async () => {
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/model-tests`
    const tests = [{ name: 'our own', http: { url, timeout: '30m' } }]
    const id = await stack.start(
      twoRegions({
        accounts: stack.accounts,
        staging: { ...staging(stack.accounts, row), tests },
        approval,
      }),
    )
    const view = await stack.until(id, (now) => now.phase === 'AwaitingApproval')
    expect(asked.map(({ method, signed }) => `${method} ${signed}`)).toEqual(['POST true', 'GET true'])
    expect(asked[0]?.body).toMatchObject({
      endpoint: 'fraud-scorer-staging',
      account: stack.accounts.staging,
      rollout: id,
    })
    expect(view.measurements).toContainEqual(
      expect.objectContaining({ name: expect.stringContaining('auc'), value: 0.91, passed: true }),
    )
    await say(id, 'reject')
    await stack.ended(id)
    await checkWorld(stack, before)
  })

  test('watched by a copied alarm is put back by it, and the copy is gone', async () => {
    const watch = { ...businessWatch, alarms: [{ like: 'fraud-scorer-5xx' }] }
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, version: 39, production: { watch, waves: oneRegion } }),
    )
    const view = await stack.ended(id)
    expect(view).toMatchObject({
      outcome: 'RolledBack',
      verdict: { result: 'Fail', cause: { kind: 'alarm' } },
    })
    expect(view.verdict?.message).toMatch(/sluice-.* Invocation5XXErrors 0\.\d+ > 0\.05/)
    await checkWorld(stack, before)
  })

  test('that finds no capacity while preparing is put back, and says so', async () => {
    stack.arm({ kind: 'capacity-error', service: 'sagemaker', region: 'us-east-1' })
    const id = await stack.start(twoRegions({ accounts: stack.accounts }))
    const view = await stack.ended(id)
    expect(view.outcome).toBe('RolledBack')
    expect(view.reason).toContain('InsufficientInstanceCapacity')
    await checkWorld(stack, before)
  })

  test('whose world changed while it waited for approval asks again, and no changes nothing', async () => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, approval, production: { waves: oneRegion } }),
    )
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    await becomes('by-somebody-else')
    const changed = await readWorld(stack)
    await say(id, 'approve')
    const gate = await stack.until(id, (view) => view.gate?.id === 'plan-changed')
    expect(gate).toMatchObject({ phase: 'AwaitingDecision', gate: { from: ['ml-leads'] } })
    await say(id, 'reject')
    expect(await stack.ended(id)).toMatchObject({ outcome: 'Rejected', reason: 'rejected by mia' })
    await checkWorld(stack, changed)
    await becomes('fraud-scorer-v37')
  })

  test('whose changed plan nobody accepts in time changes nothing', async () => {
    const id = await stack.start(
      twoRegions({
        accounts: stack.accounts,
        approval: { ...approval, expiresAfter: '10m' },
        production: { waves: oneRegion },
      }),
    )
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    await becomes('by-somebody-else')
    const changed = await readWorld(stack)
    await say(id, 'approve')
    await stack.until(id, (view) => view.gate?.id === 'plan-changed')
    expect(await stack.ended(id)).toMatchObject({
      outcome: 'Rejected',
      reason: 'nobody decided at plan-changed in time',
    })
    await checkWorld(stack, changed)
    await becomes('fraud-scorer-v37')
  })

  test('whose changed plan is accepted carries the new one out', async () => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, approval, production: { waves: oneRegion } }),
    )
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    await becomes('by-somebody-else')
    await say(id, 'approve')
    await stack.until(id, (view) => view.gate?.id === 'plan-changed')
    await say(id, 'approve')
    const view = await stack.ended(id)
    expect(view.outcome).toBe('Succeeded')
    // Three instances are of the config that came meanwhile.
    const { endpoints } = await readWorld(stack)
    const now = endpoints.find((one) => one.accountId === stack.accounts.prodEu)
    expect(now?.variants).toMatchObject([{ name: 'AllTraffic', desiredCount: 3 }])
    await checkWorld(stack, before, {
      fresh: view.targets.map((target) => target.key),
      kept: ['by-somebody-else'],
    })
  })

  test('of several containers, in a VPC, with data capture and keys, carries all of it to the endpoint', async () => {
    const { accounts } = stack
    const keys = (name: string) => `arn:aws:kms:{region}:{account}:alias/${name}`
    const id = await stack.start(
      twoRegions({
        accounts,
        version: 40,
        endpoint: {
          name: 'fraud-scorer',
          executionRole: 'arn:aws:iam::{account}:role/model-execution',
          networkIsolation: true,
          invocation: 'serial',
          vpc: { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0c1d2e3f'] },
          kmsKeys: { volume: keys('models'), capture: keys('capture'), artifacts: keys('artifacts') },
          dataCapture: { percent: 20, destination: 's3://capture-{account}-{region}/fraud-scorer/' },
        },
        production: { waves: oneRegion },
      }),
    )
    const view = await stack.ended(id)
    expect(view.outcome, view.reason).toBe('Succeeded')
    const world = (await readWorld(stack)) as unknown as {
      endpoints: { accountId: string; config: string; variants: { model: string }[] }[]
      endpointConfigs: { name: string; input: Record<string, unknown> }[]
      models: { name: string; input: Record<string, unknown> }[]
    }
    const endpoint = world.endpoints.find((one) => one.accountId === accounts.prodEu)
    const config = world.endpointConfigs.find((one) => one.name === endpoint?.config)
    const arn = (name: string) => `arn:aws:kms:eu-west-1:${accounts.prodEu}:alias/${name}`
    expect(config?.input).toMatchObject({
      KmsKeyId: arn('models'),
      DataCaptureConfig: {
        InitialSamplingPercentage: 20,
        DestinationS3Uri: `s3://capture-${accounts.prodEu}-eu-west-1/fraud-scorer/`,
        KmsKeyId: arn('capture'),
      },
    })
    expect(world.models.find((one) => one.name === endpoint?.variants[0]?.model)?.input).toMatchObject({
      EnableNetworkIsolation: true,
      VpcConfig: { Subnets: ['subnet-0a1b2c3d'], SecurityGroupIds: ['sg-0c1d2e3f'] },
      Containers: [{ ContainerHostname: 'prepare' }, { ContainerHostname: 'score' }],
    })
  })

  test('whose images ECR replicates waits for them and copies none', async () => {
    const { accounts } = stack
    await tagAgain('replicated', 'pushed')
    const { calls } = stack.sandbox.world
    const soFar = calls.list().length
    const id = await stack.start(
      twoRegions({
        accounts,
        version: 41,
        replicate: { artifacts: 's3://models-{account}-{region}/{group}/{version}/', images: 'replicated' },
        production: { waves: oneRegion },
      }),
    )
    const view = await stack.ended(id)
    expect(view.outcome).toBe('Succeeded')
    expect(view.kept.join()).not.toContain('dkr.ecr')
    const made = calls
      .list()
      .slice(soFar)
      .map((call) => call.operation)
    expect(made).toContain('DescribeEndpoint')
    expect(made).not.toContain('UploadLayerPart')
  })

  test('whose artifact was written anew while it waited for approval copies it again when that is accepted', async () => {
    await write(await packModel('good'))
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, version: 42, approval, production: { waves: oneRegion } }),
    )
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    await write(await packModel('previous'))
    await say(id, 'approve')
    await stack.until(id, (view) => view.gate?.id === 'plan-changed')
    const soFar = stack.sandbox.world.calls.list().length
    await say(id, 'approve')
    const view = await stack.ended(id)
    expect(view.outcome, view.reason).toBe('Succeeded')
    const since = stack.sandbox.world.calls.list().slice(soFar)
    expect(since.map((call) => call.operation)).toContain('CopyObject')
  })

  /** Writes the artifact of version 42. */
  async function write(Body: Buffer): Promise<void> {
    const s3 = new S3Client({
      endpoint: stack.sandbox.url,
      forcePathStyle: true,
      region: 'eu-west-1',
      credentials: { accessKeyId: `AKIA${stack.accounts.registry}`, secretAccessKey: 'any' },
    })
    const Bucket = registryBucket(stack.accounts)
    await s3.send(new PutObjectCommand({ Bucket, Key: artifactKey(42), Body }))
  }

  /** Pushes what has one tag under the tag that the package refers to. */
  async function tagAgain(repositoryName: string, tag: string): Promise<void> {
    const ecr = new ECRClient({
      endpoint: stack.sandbox.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: `AKIA${stack.accounts.registry}`, secretAccessKey: 'any' },
    })
    const found = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: tag }] }))
    const imageManifest = found.images?.[0]?.imageManifest
    await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: 'serve' }))
  }

  /** Somebody else moves the first Region's endpoint to another config. */
  async function becomes(config: string): Promise<void> {
    const account = stack.accounts.prodEu
    await stack.control('foreign-update', { account, region: 'eu-west-1', endpoint: 'fraud-scorer', config })
    await stack.rests(account)
  }
})

const signingKey = 'a signing key that only tests use, 32+'

function isSigned(headers: Record<string, unknown>, body: string): boolean {
  const text = `${String(headers['x-sluice-timestamp'])}.${body}`
  return headers['x-sluice-signature'] === `v1=${createHmac('sha256', signingKey).update(text).digest('hex')}`
}

const packaged = ({ accounts }: Stack, Containers: readonly object[]) => ({
  account: accounts.registry,
  region: 'eu-west-1',
  ModelPackageGroupName: 'fraud-scorer',
  ModelApprovalStatus: 'Approved',
  InferenceSpecification: {
    Containers,
    SupportedContentTypes: ['text/csv'],
    SupportedResponseMIMETypes: ['text/csv'],
  },
})

/** Version 40: one container that prepares, one that scores. */
function twoContainers(stack: Stack) {
  const Image = imageIn(stack, 'pipeline')
  const ModelDataUrl = `s3://${registryBucket(stack.accounts)}/fraud-scorer/38/model.tar.gz`
  return packaged(stack, [
    { ContainerHostname: 'prepare', Image },
    { ContainerHostname: 'score', Image, ModelDataUrl },
  ])
}

const imageIn = ({ accounts }: Stack, repository: string) =>
  `${accounts.registry}.dkr.ecr.eu-west-1.amazonaws.com/${repository}:serve`

/** Versions 41, whose image ECR replicates, and 42, whose artifact is its own. */
function oneContainer(stack: Stack, repository: string, artifact: number) {
  const Image = imageIn(stack, repository)
  const ModelDataUrl = `s3://${registryBucket(stack.accounts)}/${artifactKey(artifact)}`
  return packaged(stack, [{ Image, ModelDataUrl }])
}
