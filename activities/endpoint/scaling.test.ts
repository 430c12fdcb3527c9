import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ScalingFacts } from '../../rollout/facts.ts'
import { readScaling } from '../aws/read-scaling.ts'
import { account, drive, on, region, startActivities, target } from '../world.fixture.ts'

const tracking = {
  PolicyName: 'invocations',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 70,
    PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
    ScaleInCooldown: 300,
  },
}
const nightly = {
  ScheduledActionName: 'night',
  Schedule: 'cron(0 22 * * ? *)',
  ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 4 },
}
let world: Awaited<ReturnType<typeof startActivities>>
let before: readonly ScalingFacts[]

const read = (variant = 'AllTraffic') =>
  readScaling(world.deps.aws.autoscaling(target, on.rolloutId), target.endpoint, [variant])

beforeEach(async () => {
  world = await startActivities({
    seed: {
      scalableTargets: [
        {
          account,
          region,
          ResourceId: 'endpoint/fraud/variant/AllTraffic',
          MinCapacity: 2,
          MaxCapacity: 8,
          // Somebody had suspended scale-out before; that must survive.
          SuspendedState: { DynamicScalingOutSuspended: true },
          policies: [tracking],
          scheduledActions: [nightly],
        },
      ],
    },
  })
  before = (await drive(() => world.activities.snapshotEndpoint(on))).value.scaling
})
afterEach(() => world.sandbox.close())

describe('scaling', () => {
  it('is suspended inwards and by schedule, and restored exactly, what was suspended before included', async () => {
    expect(before).toMatchObject([{ min: 2, max: 8, suspended: { in: false, out: true, scheduled: false } }])
    await drive(() => world.activities.suspendScaling({ ...on, scaling: before }))
    expect(await read()).toMatchObject([
      { min: 2, max: 8, suspended: { in: true, out: true, scheduled: true } },
    ])
    await drive(() => world.activities.restoreScaling({ ...on, scaling: before }))
    expect(await read()).toEqual(before)
  })

  it('comes back with its policies and scheduled actions after it was removed, twice removed or not', async () => {
    const variants = ['AllTraffic', 'never-there']
    await drive(() => world.activities.removeScaling({ ...on, variants }))
    await drive(() => world.activities.removeScaling({ ...on, variants }))
    expect(await read()).toEqual([])
    await drive(() => world.activities.restoreScaling({ ...on, scaling: before }))
    await drive(() => world.activities.restoreScaling({ ...on, scaling: before }))
    expect(await read()).toEqual(before)
  })

  it('that somebody removed meanwhile is not made again by suspending', async () => {
    await drive(() => world.activities.removeScaling({ ...on, variants: ['AllTraffic'] }))
    await drive(() => world.activities.suspendScaling({ ...on, scaling: before }))
    expect(await read()).toEqual([])
  })

  it('is restored although the answers are lost and somebody changes it at the same moment', async () => {
    await drive(() => world.activities.removeScaling({ ...on, variants: ['AllTraffic'] }))
    world.arm({ kind: 'lose-answer', operation: 'RegisterScalableTarget', with: { as: 'error' } })
    world.arm({ kind: 'lose-answer', operation: 'PutScalingPolicy' })
    const code = 'ConcurrentUpdateException'
    world.arm({
      kind: 'error',
      operation: 'PutScheduledAction',
      with: { code, message: 'again', status: 400 },
    })
    const { waits } = await drive(() => world.activities.restoreScaling({ ...on, scaling: before }))
    expect(waits).toContainEqual(expect.stringContaining(code))
    expect(await read()).toEqual(before)
  })

  it('leaves a variant alone that is gone', async () => {
    const gone = before.map((one) => ({ ...one, variant: 'gone' }))
    await drive(() => world.activities.restoreScaling({ ...on, scaling: gone }))
    expect(await read('gone')).toEqual([])
  })

  it('of the candidate is like stable’s, never below what its traffic needs, and never inwards', async () => {
    const clone = { ...on, from: before, variant: 'AllTraffic', min: 9 }
    await drive(() => world.activities.cloneScaling(clone))
    await drive(() => world.activities.cloneScaling(clone))
    const [cloned] = await read()
    expect(cloned).toMatchObject({ min: 9, max: 9, suspended: { in: true, scheduled: true } })
    expect(cloned?.policies).toHaveLength(1)
  })
})
