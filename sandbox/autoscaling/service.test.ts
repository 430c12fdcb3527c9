import {
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling'
import {
  CreateEndpointConfigCommand,
  DeleteEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker'
import { GetServiceQuotaCommand, ListServiceQuotasCommand } from '@aws-sdk/client-service-quotas'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { account, region, startWorld, variant } from '../sagemaker/fixture.ts'
import { isHeldBack, wantedCount } from './scaler.ts'

const ResourceId = 'endpoint/fraud/variant/AllTraffic'
const of = {
  ServiceNamespace: 'sagemaker',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
} as const
const quota = { account, region, instanceType: 'ml.m5.2xlarge', value: 7 }

let world: Awaited<ReturnType<typeof startWorld>>
beforeEach(async () => {
  world = await startWorld({ clockRate: 1200, requestsPerSecond: 40, seed: { quotas: [quota] } })
  await register({ MinCapacity: 1, MaxCapacity: 6 })
})
afterEach(() => world.sandbox.close())

const register = (more: object) =>
  world.scaling.send(new RegisterScalableTargetCommand({ ...of, ResourceId, ...more }))
const targets = async () =>
  (
    await world.scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker', ResourceIds: [ResourceId] }),
    )
  ).ScalableTargets!
const track = (TargetValue: number) =>
  world.scaling.send(
    new PutScalingPolicyCommand({
      ...of,
      ResourceId,
      PolicyName: 'track',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        ScaleOutCooldown: 60,
        ScaleInCooldown: 60,
      },
    }),
  )
const scaler = (enabled: boolean) =>
  fetch(`${world.sandbox.url}/_sandbox/control/scaler`, {
    method: 'POST',
    body: JSON.stringify({ account, region, enabled }),
  })
const count = async () => (await world.describe()).ProductionVariants![0]!.CurrentInstanceCount
const update = async (config: ReturnType<typeof variant>) => {
  const EndpointConfigName = `c-${config.VariantName}-${config.InstanceType.replaceAll('.', '-')}`
  await world.sagemaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants: [config] }),
  )
  return world.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'fraud', EndpointConfigName }))
}

describe('a scalable target', () => {
  test('is changed by what a later call names, and the rest stays', async () => {
    await register({ SuspendedState: { DynamicScalingInSuspended: true } })
    expect(await targets()).toMatchObject([
      {
        MinCapacity: 1,
        MaxCapacity: 6,
        SuspendedState: {
          DynamicScalingInSuspended: true,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
      },
    ])
  })

  test('takes its policies and scheduled actions along when it goes', async () => {
    await track(100)
    await world.scaling.send(
      new PutScheduledActionCommand({
        ...of,
        ResourceId,
        ScheduledActionName: 'night',
        Schedule: 'cron(0 22 * * ? *)',
        ScalableTargetAction: { MaxCapacity: 1 },
      }),
    )
    const policies = async () =>
      (
        await world.scaling.send(
          new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker', ResourceId }),
        )
      ).ScalingPolicies
    const actions = async () =>
      (
        await world.scaling.send(
          new DescribeScheduledActionsCommand({ ServiceNamespace: 'sagemaker', ResourceId }),
        )
      ).ScheduledActions
    expect(await policies()).toMatchObject([
      { PolicyName: 'track', TargetTrackingScalingPolicyConfiguration: { TargetValue: 100 } },
    ])
    expect(await actions()).toMatchObject([
      { ScheduledActionName: 'night', ScalableTargetAction: { MaxCapacity: 1 } },
    ])
    await world.scaling.send(new DeregisterScalableTargetCommand({ ...of, ResourceId }))
    expect([await targets(), await policies(), await actions()]).toEqual([[], [], []])
    await expect(
      world.scaling.send(new DeregisterScalableTargetCommand({ ...of, ResourceId })),
    ).rejects.toMatchObject({ name: 'ObjectNotFoundException' })
  })

  test('needs a variant that exists', async () => {
    await expect(register({ ResourceId: 'endpoint/fraud/variant/nobody' })).rejects.toMatchObject({
      name: 'ValidationException',
    })
  })

  test('blocks the removal of its variant and a change of its instance type, but not another model', async () => {
    const words =
      'must be deregistered as scalable targets with AutoScaling before they can be removed or have their instance type updated'
    await expect(update(variant('renamed', 'one'))).rejects.toThrow(words)
    await expect(
      update({ ...variant('AllTraffic', 'one'), InstanceType: 'ml.c5.xlarge' as never }),
    ).rejects.toThrow(words)
    await update(variant('AllTraffic', 'one'))
    expect((await world.rest()).EndpointStatus).toBe('InService')
  })

  test('is deregistered with its endpoint', async () => {
    await world.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'fraud' }))
    expect(await targets()).toEqual([])
  })
})

describe('the scaler', () => {
  test('follows the invocations per instance, and scales in only while that is not suspended', async () => {
    await track(600)
    await register({ SuspendedState: { DynamicScalingInSuspended: true } })
    await scaler(true)
    await vi.waitFor(async () => expect(await count()).toBeGreaterThanOrEqual(4), { timeout: 20_000 })
    const { ScalingActivities } = await world.scaling.send(
      new DescribeScalingActivitiesCommand({ ServiceNamespace: 'sagemaker', ResourceId }),
    )
    expect(ScalingActivities?.[0]).toMatchObject({
      StatusCode: 'Successful',
      Description: expect.stringMatching(/^Setting desired instance count to \d+\.$/),
    })
    await world.rest()
    await track(100_000)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await count()).toBeGreaterThanOrEqual(4)
    await register({ SuspendedState: { DynamicScalingInSuspended: false } })
    await vi.waitFor(async () => expect(await count()).toBe(1), { timeout: 20_000 })
  })

  test('wants the count at which each instance sees the target value, within bounds', () => {
    const wanted = (perInstance: number) =>
      wantedCount({ min: 2, max: 8 }, { current: 3, perInstance, target: 100 })
    expect([0, 60, 100, 101, 1000].map(wanted)).toEqual([2, 2, 3, 4, 8])
  })

  test('is held back by suspension, DisableScaleIn and cooldown', () => {
    const free = {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
    }
    const now = { now: 100_000, realMs: (ms: number) => ms / 10 }
    const policy = (config: object, lastScaledAt?: number) => ({
      input: { TargetTrackingScalingPolicyConfiguration: config },
      lastScaledAt,
    })
    const held = (suspended: object, one: ReturnType<typeof policy>, grows: boolean) =>
      isHeldBack({ suspended: { ...free, ...suspended } }, one, { grows, ...now })
    expect(held({}, policy({}), true)).toBe(false)
    expect(held({ DynamicScalingOutSuspended: true }, policy({}), true)).toBe(true)
    expect(held({ DynamicScalingInSuspended: true }, policy({}), true)).toBe(false)
    expect(held({}, policy({ DisableScaleIn: true }), false)).toBe(true)
    expect(held({}, policy({ ScaleOutCooldown: 100 }, 95_000), true)).toBe(true)
    expect(held({}, policy({ ScaleOutCooldown: 100 }, 85_000), true)).toBe(false)
  })
})

describe('a quota', () => {
  test('of an instance type is found by listing, and read by its code', async () => {
    const { Quotas } = await world.quotas.send(new ListServiceQuotasCommand({ ServiceCode: 'sagemaker' }))
    const found = Quotas!.find((one) => one.QuotaName === 'ml.m5.2xlarge for endpoint usage')!
    expect(found.Value).toBe(7)
    const { Quota } = await world.quotas.send(
      new GetServiceQuotaCommand({ ServiceCode: 'sagemaker', QuotaCode: found.QuotaCode }),
    )
    expect(Quota).toEqual(found)
    await expect(
      world.quotas.send(new GetServiceQuotaCommand({ ServiceCode: 'sagemaker', QuotaCode: 'L-0' })),
    ).rejects.toMatchObject({ name: 'NoSuchResourceException' })
  })
})
