import {
  CreateModelCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DeleteModelPackageCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  ListModelPackagesCommand,
  PutModelPackageGroupPolicyCommand,
  SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, bucket, image, other, region, role, startWorld } from './fixture.ts'

let world: Awaited<ReturnType<typeof startWorld>>
let stranger: SageMakerClient
const groupArn = `arn:aws:sagemaker:${region}:${account}:model-package-group/fraud`
const packageArn = (version: number) =>
  `arn:aws:sagemaker:${region}:${account}:model-package/fraud/${version}`

beforeAll(async () => {
  world = await startWorld()
  stranger = new SageMakerClient({
    endpoint: world.sandbox.url,
    region,
    credentials: { accessKeyId: `AKIA${other}`, secretAccessKey: 'any' },
    maxAttempts: 1,
  })
  await world.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'fraud' }))
})
afterAll(() => world.sandbox.close())

const register = (more: object = {}, client = world.sagemaker) =>
  client.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: 'fraud',
      InferenceSpecification: {
        Containers: [{ Image: image, ModelDataUrl: `s3://${bucket}/one.tar.gz` }],
        SupportedContentTypes: ['text/csv'],
      },
      ...more,
    }),
  )
const read = (version: number, client = world.sagemaker) =>
  client.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn(version) }))

describe('a model package', () => {
  test('gets the next version, waits for approval, and knows the digest of its image', async () => {
    expect((await register()).ModelPackageArn).toBe(packageArn(1))
    expect((await register({ ModelApprovalStatus: 'Approved' })).ModelPackageArn).toBe(packageArn(2))
    expect(await read(1)).toMatchObject({
      ModelPackageVersion: 1,
      ModelPackageGroupName: 'fraud',
      ModelPackageStatus: 'Completed',
      ModelApprovalStatus: 'PendingManualApproval',
      InferenceSpecification: {
        Containers: [{ ImageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }],
      },
    })
  })

  test('is registered once for a ClientToken, and another request with it is a conflict', async () => {
    const first = await register({ ClientToken: 'token-1' })
    expect((await register({ ClientToken: 'token-1' })).ModelPackageArn).toBe(first.ModelPackageArn)
    await expect(
      register({ ClientToken: 'token-1', ModelPackageDescription: 'other' }),
    ).rejects.toMatchObject({ name: 'ConflictException' })
    expect((await register({ ClientToken: 'token-2' })).ModelPackageArn).not.toBe(first.ModelPackageArn)
  })

  test('is listed oldest first, ten a page', async () => {
    for (let index = 0; index < 10; index++) await register()
    const first = await world.sagemaker.send(new ListModelPackagesCommand({ ModelPackageGroupName: 'fraud' }))
    expect(first.ModelPackageSummaryList).toHaveLength(10)
    expect(first.ModelPackageSummaryList![0]!.ModelPackageVersion).toBe(1)
    const next = await world.sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: 'fraud', NextToken: first.NextToken }),
    )
    expect(next.ModelPackageSummaryList![0]!.ModelPackageVersion).toBe(11)
    const newest = await world.sagemaker.send(
      new ListModelPackagesCommand({
        ModelPackageGroupName: 'fraud',
        SortOrder: 'Descending',
        MaxResults: 1,
      }),
    )
    expect(newest.ModelPackageSummaryList![0]!.ModelPackageVersion).toBe(14)
    const approved = await world.sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: 'fraud', ModelApprovalStatus: 'Approved' }),
    )
    expect(approved.ModelPackageSummaryList?.map((one) => one.ModelPackageVersion)).toEqual([2])
  })

  test('is changed in place, and tells EventBridge', async () => {
    await world.sagemaker.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: packageArn(1),
        ModelApprovalStatus: 'Approved',
        CustomerMetadataProperties: { a: '1', b: '2' },
      }),
    )
    await world.sagemaker.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: packageArn(1),
        CustomerMetadataPropertiesToRemove: ['a'],
      }),
    )
    expect(await read(1)).toMatchObject({
      ModelApprovalStatus: 'Approved',
      CustomerMetadataProperties: { b: '2' },
    })
    const events = world.sandbox.world.events
      .list()
      .filter((one) => one['detail-type'] === 'SageMaker Model Package State Change')
    expect(events.at(-1)?.detail).toMatchObject({
      ModelPackageArn: packageArn(1),
      ModelApprovalStatus: 'Approved',
    })
  })

  test('never gives its version away after it was deleted', async () => {
    const { ModelPackageArn } = await register()
    await world.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: ModelPackageArn }))
    expect((await register()).ModelPackageArn).not.toBe(ModelPackageArn)
  })

  test('makes a model only when it is approved', async () => {
    const { ModelPackageArn } = await register({ ModelApprovalStatus: 'Rejected' })
    const create = (arn: string) =>
      world.sagemaker.send(
        new CreateModelCommand({
          ModelName: 'from-package',
          ExecutionRoleArn: role,
          PrimaryContainer: { ModelPackageName: arn },
        }),
      )
    await expect(create(ModelPackageArn!)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('not approved'),
    })
    expect((await create(packageArn(2))).ModelArn).toMatch(/model\/from-package$/)
  })

  test('of another Region is refused with the Region to use', async () => {
    await expect(
      world.sagemaker.send(
        new DescribeModelPackageCommand({ ModelPackageName: packageArn(1).replace(region, 'us-east-1') }),
      ),
    ).rejects.toThrow(`ARN should be scoped to correct region: ${region}`)
  })
})

describe('a model package group', () => {
  test('that exists is refused, and one that does not is named by its ARN', async () => {
    await expect(
      world.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'fraud' })),
    ).rejects.toThrow(`Model Package Group already exists: ${groupArn}`)
    await expect(
      world.sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: 'nothing' })),
    ).rejects.toThrow(`ModelPackageGroup ${groupArn.replace('fraud', 'nothing')} does not exist.`)
  })

  test('of another account is reached by its ARN, and only as far as its policy goes', async () => {
    await expect(register({ ModelPackageGroupName: groupArn }, stranger)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
    await expect(read(1, stranger)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const ResourcePolicy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${other}:root` },
          Action: ['sagemaker:DescribeModelPackage', 'sagemaker:CreateModelPackage'],
          Resource: [groupArn, `arn:aws:sagemaker:${region}:${account}:model-package/fraud/*`],
        },
      ],
    })
    await world.sagemaker.send(
      new PutModelPackageGroupPolicyCommand({ ModelPackageGroupName: 'fraud', ResourcePolicy }),
    )
    expect((await read(1, stranger)).ModelPackageVersion).toBe(1)
    expect((await register({ ModelPackageGroupName: groupArn }, stranger)).ModelPackageArn).toContain(
      `:${account}:`,
    )
    await expect(
      stranger.send(
        new UpdateModelPackageCommand({ ModelPackageArn: packageArn(1), ModelApprovalStatus: 'Rejected' }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})
