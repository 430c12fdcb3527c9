import { DescribeModelPackageCommand } from '@aws-sdk/client-sagemaker'
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
import { sageMakerState } from '../../sandbox/sagemaker/state.ts'
import type { Activities, RegisterPackage } from '../contract.ts'
import { createRegisterPackage } from './register-package.ts'

const rolloutId = 'fraud-38-abcd1234'
const image = `${registryId}.dkr.ecr.eu-west-1.amazonaws.com/scorer:v1`
const copiedImage = `${prodId}.dkr.ecr.us-east-1.amazonaws.com/scorer@sha256:${'b'.repeat(64)}`
const source = `arn:aws:sagemaker:eu-west-1:${registryId}:model-package/scorer/1`

let accounts: Accounts
afterEach(() => accounts?.close())

async function start(seed: Record<string, unknown> = {}, members: Record<string, unknown> = {}) {
  accounts = await startAccounts({
    modelPackageGroups: [{ account: registryId, region: 'eu-west-1', name: 'scorer' }],
    modelPackages: [
      {
        account: registryId,
        region: 'eu-west-1',
        ModelPackageGroupName: 'scorer',
        ModelApprovalStatus: 'Approved',
        InferenceSpecification: {
          Containers: [{ Image: image, ModelDataUrl: 's3://models/1/model.tar.gz' }],
        },
        ModelMetrics: {
          ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: 's3://models/q.json' } },
        },
        CustomerMetadataProperties: { team: 'fraud' },
        Domain: 'MACHINE_LEARNING',
        ...members,
      },
    ],
    ...seed,
  })
}

const rewrites = {
  artifacts: {
    's3://models/1/model.tar.gz': 's3://copy/model.tar.gz',
    's3://models/q.json': 's3://copy/q.json',
  },
  images: { [image]: copiedImage },
}

const input = (changes: Partial<RegisterPackage['promote']> = {}): RegisterPackage => ({
  rolloutId,
  source: { arn: source, place: registry },
  promote: {
    to: prod,
    group: 'scorer-prod',
    groupArn: `arn:aws:sagemaker:us-east-1:${prodId}:model-package-group/scorer-prod`,
    status: 'PendingManualApproval',
    clientToken: '5f6d6a52-3c5e-5b6e-9d0a-1f2e3d4c5b6a',
    rewrites,
    ...changes,
  },
  rewrites,
})

const register = (changes?: Partial<RegisterPackage['promote']>): ReturnType<Activities['registerPackage']> =>
  activityContext().run(createRegisterPackage({ aws: accounts.aws, clockRate: 60 }), input(changes))

const versions = () =>
  [...sageMakerState(accounts.sandbox.world, prodId, 'us-east-1').packages.values()].map(
    ({ version }) => version,
  )

describe('registering a package in another account and Region', () => {
  it('makes the group and one version that refers only to what is there', async () => {
    await start()
    const registered = await register()
    expect(registered).toMatchObject({ version: 1, created: true })
    const found = await accounts.aws
      .sagemaker(prod, rolloutId)
      .send(new DescribeModelPackageCommand({ ModelPackageName: registered.arn }))
    expect(found).toMatchObject({
      ModelApprovalStatus: 'PendingManualApproval',
      Domain: 'MACHINE_LEARNING',
      InferenceSpecification: {
        Containers: [{ Image: copiedImage, ModelDataUrl: 's3://copy/model.tar.gz' }],
      },
      ModelMetrics: { ModelQuality: { Statistics: { S3Uri: 's3://copy/q.json' } } },
      CustomerMetadataProperties: { team: 'fraud', 'sluice:source-arn': source, 'sluice:rollout': rolloutId },
    })
  })

  it('registers exactly one version though the answer was lost, every time', async () => {
    await start()
    accounts.sandbox.world.faults.arm({ kind: 'lose-answer', operation: 'CreateModelPackage', times: 3 })
    await failureOf(register())
    expect(await register()).toMatchObject({ version: 1, created: false })
    expect(await register()).toMatchObject({ version: 1, created: false })
    expect(versions()).toEqual([1])
  })

  it('takes the version of an earlier rollout, whatever its token was', async () => {
    await start()
    await register()
    expect(await register({ clientToken: '00000000-3c5e-5b6e-9d0a-1f2e3d4c5b6a' })).toMatchObject({
      created: false,
    })
    expect(versions()).toEqual([1])
  })

  it('finds its version among many newer ones', async () => {
    await start()
    await register()
    const newer = { account: prodId, region: 'us-east-1', ModelPackageGroupName: 'scorer-prod' }
    const { seedPackages } = await import('../../sandbox/sagemaker/seed.ts')
    await seedPackages(
      accounts.sandbox.world,
      Array.from({ length: 120 }, () => ({ ...newer, ModelPackageDescription: 'other' })),
    )
    expect(await register({ clientToken: '00000000-3c5e-5b6e-9d0a-1f2e3d4c5b6a' })).toMatchObject({
      version: 1,
    })
  })

  it('is NotYet while SageMaker checks the version, and never makes a second one meanwhile', async () => {
    await start({ sagemaker: { packageMs: 36_000_000 } })
    const first = await failureOf(register())
    expect(first).toMatchObject({ type: 'NotYet' })
    expect(await failureOf(register())).toMatchObject({ type: 'NotYet' })
    expect(versions()).toEqual([1])
  })

  it("uses another account's group by its ARN and never makes it", async () => {
    await start({
      modelPackageGroups: [
        { account: registryId, region: 'eu-west-1', name: 'scorer' },
        {
          account: '222222222222',
          region: 'us-east-1',
          name: 'central',
          policy: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: `arn:aws:iam::${prodId}:root` },
                Action: 'sagemaker:*',
                Resource: '*',
              },
            ],
          },
        },
      ],
    })
    const groupArn = 'arn:aws:sagemaker:us-east-1:222222222222:model-package-group/central'
    expect(await register({ group: 'central', groupArn })).toMatchObject({
      arn: 'arn:aws:sagemaker:us-east-1:222222222222:model-package/central/1',
    })
    const absent = await failureOf(register({ group: 'none', groupArn: groupArn.replace('central', 'none') }))
    expect(absent).toMatchObject({ nonRetryable: true })
    const made = accounts.sandbox.world.calls
      .list()
      .filter((call) => call.operation === 'CreateModelPackageGroup')
    expect(made).toEqual([])
  })

  it('refuses before anything is made when something was not copied', async () => {
    await start({}, { SamplePayloadUrl: 's3://models/payload.tar.gz' })
    const failure = await failureOf(register())
    expect(failure).toMatchObject({ type: 'Refused', message: expect.stringContaining('SamplePayloadUrl') })
    expect(versions()).toEqual([])
  })
})
