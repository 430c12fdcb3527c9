import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointConfigCommand,
  ListEndpointsCommand,
  ListTagsCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker'
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bytesOf } from '../s3/content.ts'
import { findBucket, latest } from '../s3/state.ts'
import { registryOf } from '../ecr/state.ts'
import { changeSettings } from './settings.ts'
import { account, bucket, image, modelInput, other, region, role, startWorld, variant } from './fixture.ts'

/** Long enough that a busy machine still sees an endpoint at work: 0.3 real seconds. */
const times = { createMs: 180_000, updateMs: 180_000, weightsMs: 180_000 }

let world: Awaited<ReturnType<typeof startWorld>>
beforeEach(async () => (world = await startWorld({ times })))
afterEach(() => world.sandbox.close())

const answer = async (TargetVariant?: string, EndpointName = 'fraud') => {
  const found = await world.runtime.send(
    new InvokeEndpointCommand({
      EndpointName,
      ContentType: 'text/csv',
      Body: Buffer.from('0'),
      TargetVariant,
    }),
  )
  return { body: Buffer.from(found.Body).toString(), variant: found.InvokedProductionVariant }
}
const makeModel = (name: string, artifact: string, environment: Record<string, string> = {}) =>
  world.sagemaker.send(new CreateModelCommand(modelInput(name, artifact, environment)))
const makeConfig = (EndpointConfigName: string, ...ProductionVariants: ReturnType<typeof variant>[]) =>
  world.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants }))
const update = (EndpointConfigName: string, more: object = {}) =>
  world.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'fraud', EndpointConfigName, ...more }))
const setWeights = (weights: Record<string, number>) =>
  world.sagemaker.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({
      EndpointName: 'fraud',
      DesiredWeightsAndCapacities: Object.entries(weights).map(([VariantName, DesiredWeight]) => ({
        VariantName,
        DesiredWeight,
      })),
    }),
  )
const arm = (kind: string, more: object = {}) =>
  world.sandbox.world.faults.arm({ kind, name: 'fraud', ...more })

describe('a new endpoint', () => {
  test('is Creating with a pending deployment, then serves what its artifact says', async () => {
    await world.sagemaker.send(
      new CreateEndpointCommand({
        EndpointName: 'second',
        EndpointConfigName: 'first',
        Tags: [{ Key: 'owner', Value: 'risk' }],
      }),
    )
    const creating = await world.describe('second')
    expect(creating).toMatchObject({
      EndpointStatus: 'Creating',
      PendingDeploymentSummary: { EndpointConfigName: 'first' },
    })
    expect(creating.PendingDeploymentSummary?.ProductionVariants?.[0]?.VariantStatus?.[0]).toMatchObject({
      Status: 'Creating',
      StatusMessage: 'Launching 2 instance(s).',
    })
    await expect(answer(undefined, 'second')).rejects.toMatchObject({ name: 'ValidationError' })
    await expect(world.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'second' }))).rejects.toThrow(
      /^Cannot update in-progress endpoint "arn:aws:sagemaker:eu-west-1:333333333333:endpoint\/second"/,
    )
    const found = await world.rest('second')
    expect(found.PendingDeploymentSummary).toBeUndefined()
    expect(found.ProductionVariants).toMatchObject([
      { CurrentWeight: 1, DesiredWeight: 1, CurrentInstanceCount: 2, DesiredInstanceCount: 2 },
    ])
    expect(await answer(undefined, 'second')).toEqual({ body: '1.000000', variant: 'AllTraffic' })
    const { Tags } = await world.sagemaker.send(new ListTagsCommand({ ResourceArn: found.EndpointArn }))
    expect(Tags).toEqual([{ Key: 'owner', Value: 'risk' }])
  })

  test('cannot have the name of another, whatever its case', async () => {
    await expect(
      world.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'FRAUD', EndpointConfigName: 'first' })),
    ).rejects.toThrow(
      'Cannot create already existing endpoint "arn:aws:sagemaker:eu-west-1:333333333333:endpoint/fraud"',
    )
  })

  test('whose artifact is no archive ends Failed in SageMaker’s words, and can only be deleted', async () => {
    await makeModel('broken', 'broken')
    await makeConfig('broken', variant('v', 'broken'))
    await world.sagemaker.send(
      new CreateEndpointCommand({ EndpointName: 'second', EndpointConfigName: 'broken' }),
    )
    expect(await world.rest('second')).toMatchObject({
      EndpointStatus: 'Failed',
      FailureReason: expect.stringMatching(/^Failed to extract model data archive/),
    })
    await world.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'second' }))
    await expect(world.rest('second')).rejects.toThrow(/^Could not find endpoint "arn:/)
  })
})

describe('an update', () => {
  beforeEach(async () => {
    await makeModel('two', 'two')
    await makeConfig('both', variant('AllTraffic', 'one', 1, 2), variant('candidate', 'two', 0))
  })

  test('serves the old config until it is done, then the candidate answers only when it is named', async () => {
    await update('both')
    expect(await world.describe()).toMatchObject({ EndpointStatus: 'Updating', EndpointConfigName: 'first' })
    await expect(update('both')).rejects.toThrow('Cannot update in-progress endpoint')
    await expect(setWeights({ AllTraffic: 2 })).rejects.toThrow('Cannot update in-progress endpoint')
    expect((await answer()).body).toBe('1.000000')
    expect(await world.rest()).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'both' })
    for (let call = 0; call < 30; call++) expect((await answer()).variant).toBe('AllTraffic')
    expect(await answer('candidate')).toEqual({ body: '2.000000', variant: 'candidate' })
    await expect(answer('nobody')).rejects.toMatchObject({ name: 'ValidationError' })
  })

  test('relaunches every variant: a moved tag and a changed artifact take effect for stable too', async () => {
    const before = (await world.describe()).ProductionVariants![0]!.DeployedImages![0]!
    const repository = registryOf(world.sandbox.world, account, region).repositories.get('fraud')!
    const { plantRepository } = await import('../ecr/seed.ts')
    plantRepository(world.sandbox.world, {
      name: 'fraud',
      account,
      region,
      images: [{ tags: ['serve'], layers: [{ text: 'another server' }] }],
    })
    const found = findBucket(world.sandbox.world, bucket)!
    const two = latest(found, 'two.tar.gz')!
    found.objects.set('one.tar.gz', [
      { ...two, content: two.content.kind === 'bytes' ? bytesOf(two.content.bytes) : two.content },
    ])
    expect(repository).toBeDefined()
    expect((await answer()).body).toBe('1.000000')
    await update('both')
    const after = (await world.rest()).ProductionVariants![0]!.DeployedImages![0]!
    expect(after.SpecifiedImage).toBe(before.SpecifiedImage)
    expect(after.ResolvedImage).not.toBe(before.ResolvedImage)
    expect((await answer('AllTraffic')).body).toBe('2.000000')
  })

  test('resets weights and counts to the config’s, unless they are retained', async () => {
    await update('both')
    await world.rest()
    await setWeights({ AllTraffic: 3, candidate: 1 })
    await world.rest()
    await makeConfig('again', variant('AllTraffic', 'one', 1, 2), variant('candidate', 'two', 0))
    await update('again', {
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredInstanceCount' }],
    })
    expect((await world.rest()).ProductionVariants?.map((one) => one.CurrentWeight)).toEqual([3, 1])
    await update('both')
    expect((await world.rest()).ProductionVariants?.map((one) => one.CurrentWeight)).toEqual([1, 0])
  })

  test.each([[undefined], ['Request to service failed.']])(
    'can be rolled back silently, with FailureReason %j',
    async (reason) => {
      arm('silent-rollback', { with: { reason } })
      await update('both')
      const found = await world.rest()
      expect(found).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'first' })
      expect(found.FailureReason).toBe(reason)
      expect(found.PendingDeploymentSummary).toBeUndefined()
    },
  )

  test('whose rollback fails leaves a mix that says so', async () => {
    arm('update-rollback-failed')
    await update('both')
    const found = await world.rest()
    expect(found.EndpointStatus).toBe('UpdateRollbackFailed')
    expect(found.ProductionVariants?.map((one) => one.VariantName)).toEqual(['AllTraffic', 'candidate'])
    await update('both')
    expect(await world.rest()).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'both' })
  })

  test('comes back on the old config when there is no capacity', async () => {
    arm('capacity-error')
    await update('both')
    expect(await world.rest()).toMatchObject({
      EndpointConfigName: 'first',
      FailureReason: expect.stringContaining('InsufficientInstanceCapacity'),
    })
  })

  test('to a container that never answers comes back after the startup timeout', async () => {
    await makeModel('sick', 'two', { SANDBOX_NEVER_HEALTHY: '1' })
    await makeConfig('sick', {
      ...variant('AllTraffic', 'sick'),
      ContainerStartupHealthCheckTimeoutInSeconds: 120,
    } as ReturnType<typeof variant>)
    await update('sick')
    expect(await world.rest()).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'first',
      FailureReason:
        'The primary container for production variant AllTraffic did not pass the ping health check. Please check CloudWatch logs for this endpoint.',
    })
    expect((await answer()).body).toBe('1.000000')
  })

  test('fails when stable’s own artifact is gone, because stable is relaunched too', async () => {
    findBucket(world.sandbox.world, bucket)!.objects.delete('one.tar.gz')
    await update('both')
    expect(await world.rest()).toMatchObject({
      EndpointConfigName: 'first',
      FailureReason: expect.stringMatching(/^Failed to download model data/),
    })
  })

  test('waits for maintenance, and meets what somebody else did', async () => {
    arm('maintenance', { with: { for: '2m' } })
    arm('foreign-update', { with: { weights: { AllTraffic: 7 } } })
    await update('both')
    const seen = new Set<string>()
    for (let found = await world.describe(); ; found = await world.describe()) {
      seen.add(found.EndpointStatus!)
      if (found.ProductionVariants?.[0]?.CurrentWeight === 7) break
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect([...seen]).toContain('SystemUpdating')
  })

  test('needs a config that exists and that SageMaker sees already', async () => {
    await expect(update('nothing')).rejects.toThrow(
      /^Could not find endpoint configuration "arn:.*endpoint-config\/nothing"\.$/,
    )
    await fetch(`${world.sandbox.url}/_sandbox/control/sagemaker`, {
      method: 'POST',
      body: JSON.stringify({ consistencyMs: 3_600_000 }),
    })
    await makeConfig('young', variant('AllTraffic', 'one'))
    await expect(
      world.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'young' })),
    ).rejects.toThrow('Could not find endpoint configuration')
    await expect(makeConfig('young', variant('AllTraffic', 'one'))).rejects.toThrow(
      'Cannot create already existing endpoint configuration',
    )
  })

  test('is not stopped by the deletion of the config in use', async () => {
    await world.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'first' }))
    expect((await answer()).body).toBe('1.000000')
    await expect(update('first')).rejects.toThrow('Could not find endpoint configuration')
  })

  test('under guardrails needs the same variant names, and rolls back when its alarm goes off', async () => {
    const guarded = {
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 },
          TerminationWaitInSeconds: 3600,
        },
        AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
      },
    }
    await expect(update('both', guarded)).rejects.toThrow('must be the same as in the endpoint')
    const { seedAlarms } = await import('../cloudwatch/seed.ts')
    await makeConfig('next', variant('AllTraffic', 'two', 1, 2))
    await update('next', guarded)
    while (
      (await world.describe()).PendingDeploymentSummary?.ProductionVariants?.[0]?.VariantStatus?.[0]
        ?.Status !== 'Baking'
    ) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    seedAlarms(world.sandbox.world, [{ account, region, AlarmName: 'errors', AlarmRule: 'TRUE' }])
    expect(await world.rest()).toMatchObject({
      EndpointConfigName: 'first',
      FailureReason: expect.stringContaining('ALARM'),
    })
  })
})

describe('an endpoint whose descriptions lag', () => {
  test('is shown as it was a while ago, and in the end as it is', async () => {
    changeSettings(world.sandbox.world, { describeLagMs: 60_000 })
    expect((await world.describe('fraud')).EndpointStatus).toBe('InService')
    await setWeights({ AllTraffic: 3 })
    const behind = await world.describe('fraud')
    expect(behind).toMatchObject({ EndpointStatus: 'InService', ProductionVariants: [{ DesiredWeight: 1 }] })
    await expect
      .poll(async () => (await world.describe('fraud')).ProductionVariants, { timeout: 10_000 })
      .toMatchObject([{ DesiredWeight: 3, CurrentWeight: 3 }])
  })
})

describe('weights and capacities', () => {
  beforeEach(async () => {
    await makeModel('two', 'two')
    await makeConfig('both', variant('AllTraffic', 'one', 1, 2), variant('candidate', 'two', 0))
    await update('both')
    await world.rest()
  })

  test('share out real invocations', async () => {
    await setWeights({ AllTraffic: 50, candidate: 50 })
    const found = await world.rest()
    expect(found.ProductionVariants?.map((one) => one.CurrentWeight)).toEqual([50, 50])
    const variants = new Set<string | undefined>()
    for (let call = 0; call < 40; call++) variants.add((await answer()).variant)
    expect(variants).toEqual(new Set(['AllTraffic', 'candidate']))
  })

  test('show desired values at once and current ones when they hold', async () => {
    await setWeights({ candidate: 9 })
    expect((await world.describe()).ProductionVariants?.[1]).toMatchObject({
      CurrentWeight: 0,
      DesiredWeight: 9,
    })
    expect((await world.rest()).ProductionVariants?.[1]).toMatchObject({ CurrentWeight: 9, DesiredWeight: 9 })
  })

  test('are refused for a variant that does not exist or is named twice', async () => {
    await expect(setWeights({ nobody: 1 })).rejects.toMatchObject({ name: 'ValidationException' })
    const twice = [0, 1].map((DesiredWeight) => ({ VariantName: 'candidate', DesiredWeight }))
    await expect(
      world.sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName: 'fraud',
          DesiredWeightsAndCapacities: twice,
        }),
      ),
    ).rejects.toThrow('unique')
  })

  test('roll back when more instances cannot be launched', async () => {
    findBucket(world.sandbox.world, bucket)!.objects.delete('two.tar.gz')
    await world.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: 'fraud',
        DesiredWeightsAndCapacities: [
          { VariantName: 'candidate', DesiredWeight: 10, DesiredInstanceCount: 4 },
        ],
      }),
    )
    const seen = new Set<string>()
    let found = await world.describe()
    for (; found.EndpointStatus !== 'InService'; found = await world.describe()) {
      seen.add(found.EndpointStatus!)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect([...seen]).toEqual(['Updating', 'RollingBack'])
    expect(found.ProductionVariants?.[1]).toMatchObject({
      CurrentWeight: 0,
      DesiredWeight: 0,
      CurrentInstanceCount: 1,
      DesiredInstanceCount: 1,
    })
  })

  test('are limited by the quota of the account', async () => {
    await expect(
      world.sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName: 'fraud',
          DesiredWeightsAndCapacities: [{ VariantName: 'candidate', DesiredInstanceCount: 50 }],
        }),
      ),
    ).rejects.toMatchObject({
      name: 'ResourceLimitExceeded',
      message: expect.stringContaining(
        "The account-level service limit 'ml.m5.xlarge for endpoint usage' is 20 Instances, with current utilization of 3 Instances and a request delta of 49 Instances",
      ),
    })
  })
})

describe('a model', () => {
  const create = (change: object) =>
    world.sagemaker.send(new CreateModelCommand({ ...modelInput('m', 'one'), ...change } as never))

  test('of the same name is refused with its ARN', async () => {
    await expect(makeModel('one', 'one')).rejects.toThrow(
      'Cannot create already existing model "arn:aws:sagemaker:eu-west-1:333333333333:model/one"',
    )
  })

  test.each([
    [
      'data in another Region',
      { PrimaryContainer: { Image: image, ModelDataUrl: 's3://elsewhere/one.tar.gz' } },
      /^Could not access model data at s3:\/\/elsewhere\/one\.tar\.gz\./,
    ],
    [
      'data that is missing',
      { PrimaryContainer: { Image: image, ModelDataUrl: `s3://${bucket}/nothing.tar.gz` } },
      /^Could not access model data/,
    ],
    [
      'an image of another Region',
      { PrimaryContainer: { Image: image.replace(region, 'us-east-1') } },
      /Cross region ECR image pulls are not allowed/,
    ],
    [
      'an image that is missing',
      { PrimaryContainer: { Image: image.replace('serve', 'nothing') } },
      /^Requested image .* not found/,
    ],
    [
      'another account’s image without a policy',
      { PrimaryContainer: { Image: `${other}.dkr.ecr.${region}.amazonaws.com/private:serve` } },
      /does not grant ecr:GetDownloadUrlForLayer/,
    ],
    [
      'a package of another Region',
      { PrimaryContainer: { ModelPackageName: `arn:aws:sagemaker:us-east-1:${account}:model-package/g/1` } },
      /ARN should be scoped to correct region: eu-west-1/,
    ],
    [
      'neither one container nor several',
      { PrimaryContainer: undefined },
      /Exactly one of PrimaryContainer and Containers/,
    ],
  ])('with %s is refused', async (_what, change, message) => {
    await expect(create(change)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    })
  })

  test('with several containers serves them in series, or one of them by its hostname', async () => {
    const containers = ['one', 'two'].map((name) => ({
      ContainerHostname: name,
      Image: image,
      ModelDataUrl: `s3://${bucket}/${name}.tar.gz`,
    }))
    for (const Mode of ['Serial', 'Direct'] as const) {
      await world.sagemaker.send(
        new CreateModelCommand({
          ModelName: Mode,
          ExecutionRoleArn: role,
          Containers: containers,
          InferenceExecutionConfig: { Mode },
        }),
      )
      await makeConfig(Mode, variant('v', Mode))
      await world.sagemaker.send(new CreateEndpointCommand({ EndpointName: Mode, EndpointConfigName: Mode }))
      await world.rest(Mode)
    }
    expect((await answer(undefined, 'Serial')).body).toBe('2.000000')
    const direct = (TargetContainerHostname?: string) =>
      world.runtime.send(
        new InvokeEndpointCommand({
          EndpointName: 'Direct',
          ContentType: 'text/csv',
          Body: Buffer.from('0'),
          TargetContainerHostname,
        }),
      )
    expect(Buffer.from((await direct('one')).Body).toString()).toBe('1.000000')
    await expect(direct()).rejects.toMatchObject({ name: 'ValidationError' })
    await expect(direct('three')).rejects.toMatchObject({ name: 'ValidationError' })
  })
})

describe('the runtime', () => {
  test('hands on a container’s own failure as a ModelError', async () => {
    await expect(
      world.runtime.send(
        new InvokeEndpointCommand({
          EndpointName: 'fraud',
          ContentType: 'text/csv',
          Body: Buffer.from('1,2,3'),
        }),
      ),
    ).rejects.toMatchObject({
      name: 'ModelError',
      OriginalStatusCode: 400,
      OriginalMessage: 'row 1 has 3 features, the model takes 1',
      LogStreamArn: expect.stringContaining('/aws/sagemaker/Endpoints/fraud'),
      $metadata: { httpStatusCode: 424 },
    })
  })

  test('does not know an endpoint by another case', async () => {
    await expect(answer(undefined, 'Fraud')).rejects.toMatchObject({ name: 'ValidationError' })
  })
})

test('endpoints are listed newest first, ten a page', async () => {
  await fetch(`${world.sandbox.url}/_sandbox/seed`, {
    method: 'POST',
    body: JSON.stringify({ quotas: [{ account, region, instanceType: 'ml.m5.xlarge', value: 100 }] }),
  })
  for (let index = 0; index < 11; index++) {
    await world.sagemaker.send(
      new CreateEndpointCommand({ EndpointName: `e${index}`, EndpointConfigName: 'first' }),
    )
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const first = await world.sagemaker.send(new ListEndpointsCommand({}))
  expect(first.Endpoints).toHaveLength(10)
  expect(first.Endpoints![0]!.EndpointName).toBe('e10')
  const rest = await world.sagemaker.send(new ListEndpointsCommand({ NextToken: first.NextToken }))
  expect(rest.Endpoints?.map((one) => one.EndpointName)).toEqual(['e0', 'fraud'])
  expect(rest.NextToken).toBeUndefined()
})
