import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
} from '@aws-sdk/client-sagemaker'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bakeConfig } from '../../rollout/deploy/configs.ts'
import { fingerprintOf } from '../../rollout/deploy/fingerprint.ts'
import type { PlannedTarget } from '../../rollout/plan/types.ts'
import type { AwaitEndpoint } from '../contract.ts'
import { variant } from '../../sandbox/sagemaker/fixture.ts'
import {
  account,
  drive,
  failureOf,
  on,
  packageArn,
  place,
  region,
  role,
  startActivities,
  target,
} from '../world.fixture.ts'

let world: Awaited<ReturnType<typeof startActivities>>
beforeEach(async () => (world = await startActivities()))
afterEach(() => world.sandbox.close())

const names = {
  model: 'fraud-v38-aaaaaaaa',
  bakeConfig: 'fraud-v38-bake-bbbbbbbb',
  finalConfig: 'fraud-v38-final-cccccccc',
  revertConfig: 'fraud-v38-back-dddddddd',
  candidateVariant: 'c-abcdefgh',
}
const planned: PlannedTarget = {
  ...target,
  stage: 'production',
  wave: 1,
  action: 'update',
  stableVariant: 'AllTraffic',
  names,
  candidate: {
    instanceCount: 2,
    variant: { InstanceType: 'ml.m5.xlarge' },
    config: {},
    model: { executionRole: role, environment: { LEVEL: 'debug' } },
    tags: { team: 'risk' },
  },
  rewrites: { artifacts: {}, images: {} },
  alarms: [],
  differences: [],
  firstWeight: 50,
}
const model = (version = 1, name = names.model) => ({
  ...on,
  name,
  source: { arn: packageArn(version), place },
  rewrites: planned.rewrites,
  model: planned.candidate.model,
  tags: planned.candidate.tags,
})
const wait = (expect: AwaitEndpoint['expect'], previous?: string): AwaitEndpoint => ({
  ...on,
  expect,
  ...(previous !== undefined && { previous }),
  pollEvery: 20,
  deadline: Date.now() + 20_000,
})

/** Everything up to the moment before UpdateEndpoint. */
async function readyToUpdate(version = 1) {
  const { activities } = world
  await drive(() => activities.ensureModel(model(version)))
  const { value: snapshot } = await drive(() => activities.snapshotEndpoint(on))
  const request = bakeConfig(snapshot, planned)
  await drive(() => activities.ensureConfig({ ...on, name: names.bakeConfig, request, tags: {} }))
  return { ...on, config: names.bakeConfig, expected: fingerprintOf(snapshot.endpoint!) }
}

/** The candidate in service at weight 0, and the fingerprint of that. */
async function prepared(version = 1) {
  const update = await readyToUpdate(version)
  await drive(() => world.activities.updateEndpoint(update))
  const { value } = await drive(() =>
    world.activities.awaitEndpoint(wait({ config: names.bakeConfig }, 'first')),
  )
  expect(value.state).toBe('as-expected')
  return fingerprintOf(value.endpoint!)
}

/** Calls that had an effect, answered or not. */
const applied = (operation: string) =>
  world.calls(operation).filter((call) => call.error === undefined || call.fault !== undefined)

describe('an answer that was lost leaves one effect, however it was lost', () => {
  const losses = [
    ['the connection broke', {}],
    ['a 500 came instead', { as: 'error' }],
  ] as const

  it.each(losses)('of CreateModel and CreateEndpointConfig: %s', async (_title, how) => {
    world.arm({ kind: 'lose-answer', operation: 'CreateModel', with: how })
    world.arm({ kind: 'lose-answer', operation: 'CreateEndpointConfig', with: how })
    await readyToUpdate()
    const { Models } = await world.sagemaker.send(new ListModelsCommand({}))
    expect(Models?.map((one) => one.ModelName).toSorted()).toEqual([names.model, 'one'])
    expect(world.calls('CreateModel').length).toBeGreaterThan(1)
  })

  it.each(losses)('of UpdateEndpoint: %s', async (_title, how) => {
    const update = await readyToUpdate()
    world.arm({ kind: 'lose-answer', operation: 'UpdateEndpoint', with: how })
    await drive(() => world.activities.updateEndpoint(update))
    const { value } = await drive(() =>
      world.activities.awaitEndpoint(wait({ config: names.bakeConfig }, 'first')),
    )
    expect(value).toMatchObject({ state: 'as-expected', endpoint: { configName: names.bakeConfig } })
    expect(applied('UpdateEndpoint')).toHaveLength(1)
  })

  it.each(losses)('of new weights and counts: %s', async (_title, how) => {
    const expected = await prepared()
    const asked = { AllTraffic: 90, [names.candidateVariant]: 10 }
    const operation = 'UpdateEndpointWeightsAndCapacities'
    world.arm({ kind: 'lose-answer', operation, with: how })
    await drive(() => world.activities.setWeights({ ...on, weights: asked, expected }))
    const { value } = await drive(() =>
      world.activities.awaitEndpoint(wait({ config: names.bakeConfig, weights: asked })),
    )
    expect(value).toMatchObject({ state: 'as-expected' })
    world.arm({ kind: 'lose-answer', operation, with: how })
    const capacity = {
      ...on,
      variant: names.candidateVariant,
      count: 4,
      expected: { ...expected, weights: asked },
    }
    expect((await drive(() => world.activities.ensureCapacity(capacity))).value).toEqual({ count: 4 })
    const counts = { [names.candidateVariant]: 4 }
    const grown = await drive(() =>
      world.activities.awaitEndpoint(wait({ config: names.bakeConfig, counts })),
    )
    expect(grown.value).toMatchObject({
      state: 'as-expected',
      endpoint: {
        variants: [
          { name: 'AllTraffic', currentWeight: 90, currentCount: 2 },
          { name: names.candidateVariant, currentWeight: 10, currentCount: 4 },
        ],
      },
    })
  })

  it.each(losses)('of CreateEndpoint and DeleteEndpoint: %s', async (_title, how) => {
    const second = { ...on, target: { ...target, endpoint: 'second', key: `${account}/${region}/second` } }
    await drive(() => world.activities.ensureModel({ ...model(), ...second }))
    const request = { ProductionVariants: [variant('AllTraffic', names.model)] }
    await drive(() =>
      world.activities.ensureConfig({ ...second, name: names.finalConfig, request, tags: {} }),
    )
    // Long enough that the delete meets it in Creating.
    world.arm({ kind: 'slow-deployment', name: 'second', with: { factor: 20 } })
    world.arm({ kind: 'lose-answer', operation: 'CreateEndpoint', with: how })
    await drive(() => world.activities.createEndpoint({ ...second, config: names.finalConfig, tags: {} }))
    world.arm({ kind: 'lose-answer', operation: 'DeleteEndpoint', with: how })
    const gone = await drive(() => world.activities.deleteEndpoint(second))
    expect(gone.waits).toContainEqual(expect.stringMatching(/^Busy: endpoint second is Creating/))
    for (const operation of ['DeleteEndpointConfig', 'DeleteModel']) {
      world.arm({ kind: 'lose-answer', operation, with: how })
    }
    await drive(() => world.activities.deleteConfig({ ...second, name: names.finalConfig }))
    await drive(() => world.activities.deleteModel({ ...second, name: names.model }))
    const [endpoints, configs, models] = await Promise.all([
      world.sagemaker.send(new ListEndpointsCommand({})),
      world.sagemaker.send(new ListEndpointConfigsCommand({})),
      world.sagemaker.send(new ListModelsCommand({})),
    ])
    expect(endpoints.Endpoints?.map((one) => one.EndpointName)).toEqual(['fraud'])
    expect(configs.EndpointConfigs?.map((one) => one.EndpointConfigName)).toEqual(['first'])
    expect(models.Models?.map((one) => one.ModelName)).toEqual(['one'])
  })
})

describe('a model', () => {
  it('is built from the raw containers, with the document’s environment over the package’s own', async () => {
    await drive(() => world.activities.ensureModel(model()))
    const found = await world.sagemaker.send(new DescribeModelCommand({ ModelName: names.model }))
    expect(found.PrimaryContainer).toMatchObject({
      Image: expect.stringMatching(/fraud@sha256:[0-9a-f]{64}$/),
      Environment: { LEVEL: 'debug' },
    })
    expect(found.PrimaryContainer?.ModelPackageName).toBeUndefined()
  })

  it('of the same name that somebody else made is a Conflict', async () => {
    const failure = await failureOf(() => world.activities.ensureModel(model(1, 'one')))
    expect(failure).toMatchObject({
      type: 'Conflict',
      message: expect.stringMatching(/model one .*not made by this rollout/),
    })
  })

  it('of this rollout with another content is a Conflict that names the difference', async () => {
    await drive(() => world.activities.ensureModel(model()))
    const other = { ...model(), model: { ...planned.candidate.model, environment: { LEVEL: 'trace' } } }
    const failure = await failureOf(() => world.activities.ensureModel(other))
    expect(failure).toMatchObject({ type: 'Conflict', message: expect.stringContaining('Environment.LEVEL') })
  })

  it('whose data the role cannot read is waited for while permissions may settle, then Denied', async () => {
    const artifacts = {
      's3://models-333333333333-eu-west-1/two.tar.gz': 's3://models-333333333333-eu-west-1/none.tar.gz',
    }
    const unreadable = { ...model(), rewrites: { artifacts, images: {} } }
    const failure = await failureOf(() => world.activities.ensureModel(unreadable))
    expect(failure).toMatchObject({
      type: 'Denied',
      message: expect.stringContaining('Could not access model data'),
    })
    expect(world.calls('CreateModel').length).toBeGreaterThan(1)
  })

  it.each([
    ['direct', 'Direct'],
    ['serial', 'Serial'],
  ] as const)('of several containers calls them as planned: %s', async (invocation, Mode) => {
    const several = model(3)
    await drive(() => world.activities.ensureModel({ ...several, model: { ...several.model, invocation } }))
    const found = await world.sagemaker.send(new DescribeModelCommand({ ModelName: names.model }))
    expect(found.InferenceExecutionConfig).toEqual({ Mode })
    expect(found.Containers?.map((one) => one.ContainerHostname)).toEqual(['first', 'second'])
  })
})

describe('a config', () => {
  it('is not called made before it can be read', async () => {
    await world.control('sagemaker', { consistencyMs: 60_000 })
    await drive(() => world.activities.ensureModel(model()))
    const request = { ProductionVariants: [variant('AllTraffic', names.model)] }
    await drive(() => world.activities.ensureConfig({ ...on, name: names.finalConfig, request, tags: {} }))
    const looks = world.calls('DescribeEndpointConfig')
    expect(looks.some((look) => look.error !== undefined)).toBe(true)
    expect(looks.at(-1)?.error).toBeUndefined()
    await world.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: names.finalConfig }))
  })

  it('that was made after a long time of trying is waited for, too', async () => {
    await world.control('sagemaker', { consistencyMs: 3_600_000 })
    await drive(() => world.activities.ensureModel(model()))
    const request = { ProductionVariants: [variant('AllTraffic', names.model)] }
    const { waits } = await drive(
      () => world.activities.ensureConfig({ ...on, name: names.finalConfig, request, tags: {} }),
      { age: 3_600_000 },
    )
    expect(waits[0]).toMatch(/^Settling: .* was made and cannot be seen yet/)
  })

  it('of ours is made anew with other counts while nothing has it, and never once an endpoint does', async () => {
    const { activities } = world
    await drive(() => activities.ensureModel(model()))
    const config = (count: number) => ({
      ...on,
      name: names.finalConfig,
      request: { ProductionVariants: [variant('AllTraffic', names.model, 1, count)] },
      tags: {},
    })
    await drive(() => activities.ensureConfig(config(2)))
    await drive(() => activities.ensureConfig(config(3)))
    const found = await world.sagemaker.send(
      new DescribeEndpointConfigCommand({ EndpointConfigName: names.finalConfig }),
    )
    expect(found.ProductionVariants?.[0]?.InitialInstanceCount).toBe(3)

    const { value } = await drive(() => activities.snapshotEndpoint(on))
    const update = { ...on, config: names.finalConfig, expected: fingerprintOf(value.endpoint!) }
    await drive(() => activities.updateEndpoint(update))
    expect(await failureOf(() => activities.ensureConfig(config(4)))).toMatchObject({
      type: 'Conflict',
      message: expect.stringMatching(/InitialInstanceCount, and endpoint fraud already has it/),
    })
  })

  it('of somebody else’s is a Conflict', async () => {
    const request = { ProductionVariants: [variant('AllTraffic', 'one', 1, 2)] }
    const failure = await failureOf(() =>
      world.activities.ensureConfig({ ...on, name: 'first', request, tags: {} }),
    )
    expect(failure).toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('not made by this rollout'),
    })
  })
})

describe('an update', () => {
  it.each([
    ['with a reason', { reason: 'no capacity' }, 'no capacity'],
    ['without any', {}, ''],
  ])(
    'that SageMaker undoes silently, %s, is rolled-back and not a success',
    async (_title, fault, reason) => {
      const update = await readyToUpdate()
      world.arm({ kind: 'silent-rollback', name: 'fraud', with: fault })
      await drive(() => world.activities.updateEndpoint(update))
      const { value } = await drive(() =>
        world.activities.awaitEndpoint(wait({ config: names.bakeConfig }, 'first')),
      )
      expect(value).toMatchObject({ state: 'rolled-back', reason, endpoint: { status: 'InService' } })
    },
  )

  it('that SageMaker could not undo needs a human', async () => {
    const update = await readyToUpdate()
    world.arm({ kind: 'update-rollback-failed', name: 'fraud' })
    await drive(() => world.activities.updateEndpoint(update))
    const { value } = await drive(() =>
      world.activities.awaitEndpoint(wait({ config: names.bakeConfig }, 'first')),
    )
    expect(value.state).toBe('rollback-failed')
  })

  it('waits out maintenance, and is a Conflict after somebody else’s weights', async () => {
    const update = await readyToUpdate()
    await world.control('maintenance', { account, region, endpoint: 'fraud', for: '60s' })
    const { waits } = await drive(() => world.activities.updateEndpoint(update))
    expect(waits[0]).toMatch(/^Busy: endpoint fraud is SystemUpdating \(maintenance by AWS\)/)
    await drive(() => world.activities.awaitEndpoint(wait({ config: names.bakeConfig }, 'first')))
    await world.control('foreign-update', { account, region, endpoint: 'fraud', weights: { AllTraffic: 7 } })
    const failure = await failureOf(() =>
      world.activities.setWeights({
        ...on,
        weights: { AllTraffic: 1 },
        expected: { ...update.expected, config: names.bakeConfig },
      }),
    )
    expect(failure.type).toBe('Conflict')
    expect(failure.message).toMatch(/AllTraffic=7.*Somebody else changed it/)
  })

  it('is a Conflict when somebody else moved the endpoint to another config, and asks for nothing', async () => {
    const update = await readyToUpdate()
    const request = { ProductionVariants: [variant('AllTraffic', 'one', 1, 2)] }
    await drive(() => world.activities.ensureConfig({ ...on, name: 'theirs', request, tags: {} }))
    await world.control('foreign-update', { account, region, endpoint: 'fraud', config: 'theirs' })
    const failure = await failureOf(() => world.activities.updateEndpoint(update))
    expect(failure).toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('is on config theirs'),
    })
    expect(world.calls('UpdateEndpoint')).toHaveLength(0)
    const { value } = await drive(() =>
      world.activities.awaitEndpoint(wait({ config: names.bakeConfig }, 'first')),
    )
    expect(value.state).toBe('conflict')
  })

  it('goes through when it is throttled', async () => {
    const update = await readyToUpdate()
    world.arm({ kind: 'throttle', operation: 'UpdateEndpoint', times: 3 })
    world.arm({ kind: 'throttle', operation: 'DescribeEndpoint', times: 3 })
    const { waits } = await drive(() => world.activities.updateEndpoint(update))
    expect(waits.some((wait) => wait.startsWith('Throttled'))).toBe(true)
    const { value } = await drive(() =>
      world.activities.awaitEndpoint(wait({ config: names.bakeConfig }, 'first')),
    )
    expect(value.state).toBe('as-expected')
  })

  it('that does not end in time says what it waited for', async () => {
    const update = await readyToUpdate()
    await drive(() => world.activities.updateEndpoint(update))
    const { value } = await drive(() =>
      world.activities.awaitEndpoint({ ...wait({ config: names.bakeConfig }), deadline: Date.now() }),
    )
    expect(value.state).toBe('timed-out')
    expect(value.reason).toMatch(/endpoint fraud is Updating \(AllTraffic: Launching 2 instance\(s\)\./)
  })

  it('is not waited for past its deadline while every look fails', async () => {
    world.arm({ kind: 'internal-error', operation: 'DescribeEndpoint', forMs: 60_000 })
    const short = { ...wait({ config: 'first' }), deadline: Date.now() + 200 }
    const { value } = await drive(() => world.activities.awaitEndpoint(short))
    expect(value).toMatchObject({ state: 'timed-out', reason: expect.stringContaining('DescribeEndpoint') })
  })
})

it('weights that SageMaker takes back after RollingBack are rolled-back, not a conflict', async () => {
  const expected = await prepared()
  const weights = { AllTraffic: 90, [names.candidateVariant]: 10 }
  world.arm({ kind: 'weights-failed', name: 'fraud' })
  await drive(() => world.activities.setWeights({ ...on, weights, expected }))
  const { value } = await drive(() =>
    world.activities.awaitEndpoint({ ...wait({ config: names.bakeConfig, weights }), pollEvery: 5 }),
  )
  expect(value.state).toBe('rolled-back')
})

it('capacity is never lowered', async () => {
  const expected = await prepared()
  const { value } = await drive(() =>
    world.activities.ensureCapacity({ ...on, variant: 'AllTraffic', count: 1, expected }),
  )
  expect(value).toEqual({ count: 2 })
  expect(world.calls('UpdateEndpointWeightsAndCapacities')).toHaveLength(0)
})

it('weights that add up to 0 are never asked for', async () => {
  const expected = await prepared()
  const weights = { AllTraffic: 0, [names.candidateVariant]: 0 }
  expect(await failureOf(() => world.activities.setWeights({ ...on, weights, expected }))).toMatchObject({
    type: 'Invalid',
  })
})

describe('a snapshot', () => {
  it('holds config, live weights and counts and resolved images, and is plain data', async () => {
    const { value } = await drive(() => world.activities.snapshotEndpoint(on))
    expect(JSON.parse(JSON.stringify(value))).toEqual(value)
    expect(value).toMatchObject({
      endpoint: {
        configName: 'first',
        variants: [
          {
            name: 'AllTraffic',
            desiredWeight: 1,
            desiredCount: 2,
            images: [expect.stringContaining('@sha256:')],
          },
        ],
      },
      config: { ProductionVariants: [{ VariantName: 'AllTraffic', ModelName: 'one' }] },
    })
    expect(value.config).not.toHaveProperty('EndpointConfigName')
  })

  it('of an endpoint that does not exist is null', async () => {
    const none = { ...on, target: { ...target, endpoint: 'none' } }
    expect((await drive(() => world.activities.snapshotEndpoint(none))).value).toEqual({
      endpoint: null,
      config: null,
      scaling: [],
    })
  })
})

describe('the smoke test', () => {
  const invoke = { contentType: 'text/csv', body: '0' }

  it('reaches the candidate alone, at weight 0, with ids of its own', async () => {
    await prepared()
    const { value } = await drive(() =>
      world.activities.smokeTest({ ...on, variant: names.candidateVariant, invoke }),
    )
    expect(value.measurements.map((one) => one.name)).toEqual([
      'smoke test: instances in service',
      'smoke test: latency (client)',
    ])
    const [call] = world.calls('InvokeEndpoint')
    expect(call?.summary).toContain('InferenceId=sluice-fraud-38-abcdefgh-smoke')
  })

  it('of a model that fails is Unhealthy at once, with the container’s own words', async () => {
    await prepared(2)
    const failure = await failureOf(() =>
      world.activities.smokeTest({ ...on, variant: names.candidateVariant, invoke }),
    )
    expect(failure).toMatchObject({ type: 'Unhealthy', message: expect.stringContaining('500') })
  })

  it('says that nothing was sent when there is nothing to send', async () => {
    const { value } = await drive(() => world.activities.smokeTest({ ...on, variant: 'AllTraffic' }))
    expect(value.measurements).toMatchObject([{ name: expect.stringContaining('nothing to send'), value: 2 }])
    expect(world.calls('InvokeEndpoint')).toHaveLength(0)
  })
})

describe('deleting', () => {
  it('keeps what an endpoint still uses, and says which', async () => {
    await prepared()
    for (const work of [
      () => world.activities.deleteConfig({ ...on, name: names.bakeConfig }),
      () => world.activities.deleteModel({ ...on, name: names.model }),
    ]) {
      expect(await failureOf(work)).toMatchObject({
        type: 'Conflict',
        message: expect.stringMatching(/is still in use by endpoint fraud/),
      })
    }
  })

  it('keeps a model whose only user has lost its config, because that endpoint still serves with it', async () => {
    await prepared()
    await world.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: names.bakeConfig }))
    await drive(() => world.activities.deleteModel({ ...on, name: names.model }))
    await world.sagemaker.send(new DescribeModelCommand({ ModelName: names.model }))
  })

  it('deletes a model that was made after an endpoint without its config was changed last', async () => {
    await drive(() => world.activities.ensureModel(model()))
    await world.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'first' }))
    await drive(() => world.activities.deleteModel({ ...on, name: names.model }))
    await expect(world.sagemaker.send(new DescribeModelCommand({ ModelName: names.model }))).rejects.toThrow(
      'Could not find model',
    )
  })

  it('leaves alone what this rollout did not make', async () => {
    await drive(() => world.activities.deleteEndpoint(on))
    await drive(() => world.activities.deleteConfig({ ...on, name: 'first' }))
    await drive(() => world.activities.deleteModel({ ...on, name: 'one' }))
    expect(world.calls('DeleteEndpoint')).toHaveLength(0)
    expect((await world.describe()).EndpointStatus).toBe('InService')
    await world.sagemaker.send(new DescribeModelCommand({ ModelName: 'one' }))
  })

  it('prunes what earlier rollouts of this endpoint left, but neither the live nor the previous config nor their models', async () => {
    await prepared()
    const earlier = { ...on, rolloutId: 'fraud-30-zzzzzzzz' }
    const others = { ...earlier, target: { ...target, endpoint: 'other', key: `${account}/${region}/other` } }
    const make = async (by: typeof on, config: string, model_: string) => {
      await drive(() => world.activities.ensureModel({ ...model(1, model_), ...by }))
      const request = { ProductionVariants: [variant('AllTraffic', model_)] }
      await drive(() => world.activities.ensureConfig({ ...by, name: config, request, tags: {} }))
    }
    await make(earlier, 'fraud-v30-final-11111111', 'fraud-v30-11111111')
    await make(earlier, 'fraud-v31-final-22222222', 'fraud-v31-22222222')
    await make(others, 'other-v30-final-33333333', 'other-v30-33333333')
    const { value } = await drive(() =>
      world.activities.prune({ ...on, live: names.bakeConfig, previous: 'fraud-v31-final-22222222' }),
    )
    expect(value.deleted).toEqual(['fraud-v30-final-11111111', 'fraud-v30-11111111'])
    const again = await drive(() =>
      world.activities.prune({ ...on, live: names.bakeConfig, previous: 'fraud-v31-final-22222222' }),
    )
    expect(again.value.deleted).toEqual([])
  })

  /** A config of somebody else's, `theirs`, for a model that an earlier rollout left behind. */
  const configOfOldModel = async (): Promise<void> => {
    const earlier = { ...on, rolloutId: 'fraud-30-zzzzzzzz' }
    await drive(() => world.activities.ensureModel({ ...model(1, 'fraud-v30-11111111'), ...earlier }))
    const request = { ProductionVariants: [variant('AllTraffic', 'fraud-v30-11111111')] }
    await world.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'theirs', ...request }))
  }

  it('prunes no model that another endpoint may use whose config was deleted', async () => {
    await prepared()
    const { sagemaker } = world
    await configOfOldModel()
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'theirs', EndpointConfigName: 'theirs' }))
    await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'theirs' }))
    const { value } = await drive(() =>
      world.activities.prune({ ...on, live: names.bakeConfig, previous: 'first' }),
    )
    expect(value.deleted).toEqual([])
  })

  it('prunes no model that an endpoint takes while the others are read', async () => {
    await prepared()
    const { sagemaker } = world
    await configOfOldModel()
    world.arm({ kind: 'slow', operation: 'DescribeEndpoint', times: 1, with: { ms: 1_500 } })
    const lists = world.calls('ListEndpoints').length
    const pruning = drive(() => world.activities.prune({ ...on, live: names.bakeConfig, previous: 'first' }))
    await expect.poll(() => world.calls('ListEndpoints').length).toBeGreaterThan(lists)
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'theirs', EndpointConfigName: 'theirs' }))
    expect((await pruning).value.deleted).toEqual([])
  })

  it.each(['internal-error', 'reset', 'lose-answer'])(
    'prunes though two of three reads fail (%s)',
    async (kind) => {
      await prepared()
      const earlier = { ...on, rolloutId: 'fraud-30-zzzzzzzz' }
      await drive(() => world.activities.ensureModel({ ...model(1, 'fraud-v30-11111111'), ...earlier }))
      for (const operation of ['ListTags', 'DescribeEndpoint', 'DescribeEndpointConfig'])
        world.arm({ kind, operation, cycle: { hit: 2, pass: 1 } })
      const { value, attempts } = await drive(() =>
        world.activities.prune({ ...on, live: names.bakeConfig, previous: 'fraud-config' }),
      )
      expect(value.deleted).toEqual(['fraud-v30-11111111'])
      expect(attempts).toBe(1)
    },
  )

  it('prunes nothing while the live config cannot be read, because its model serves all the same', async () => {
    await prepared()
    const { bakeConfig: live } = names
    await world.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: live }))
    const { value } = await drive(() => world.activities.prune({ ...on, live, previous: 'fraud-config' }))
    expect(value.deleted).toEqual([])
    await world.sagemaker.send(new DescribeModelCommand({ ModelName: names.model }))
  })
})
