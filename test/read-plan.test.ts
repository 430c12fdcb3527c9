import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { createAws } from '../activities/aws/clients.ts'
import { emptyCalendar } from '../activities/dependencies.ts'
import { readFacts } from '../activities/planning/read-facts.ts'
import { createReadPlan } from '../activities/planning/read-plan.ts'
import { packModel } from '../examples/model/pack.ts'
import { defaultAccounts, exampleWorld, imageOf, productionPlaces } from '../examples/world.ts'
import { parseDocument } from '../rollout/document/parse.ts'
import type { Document } from '../rollout/document/types.ts'
import type { Facts, TargetFacts } from '../rollout/facts.ts'
import type { Plan } from '../rollout/plan/types.ts'
import { lockId, targetKey } from '../rollout/target.ts'
import type { Seed } from '../sandbox/core/seed.ts'
import { registryOf } from '../sandbox/ecr/state.ts'
import { findBucket } from '../sandbox/s3/state.ts'
import { startSandbox, type Sandbox } from '../sandbox/start.ts'
import type { PlanInput } from '../workflows/messages.ts'
import { activityContext, failureOf } from './support/accounts.ts'

const clockRate = 60
const accounts = defaultAccounts
const [eu, us, sydney] = productionPlaces(accounts) as [
  { account: string; region: string },
  { account: string; region: string },
  { account: string; region: string },
]
const stableKey = 'stable/model.tar.gz'
const keyOf = ({ account, region }: { account: string; region: string }) =>
  targetKey(account, region, 'fraud-scorer')

function documentOf(change: (text: string) => string = (text) => text): Document {
  const text = readFileSync(new URL('../examples/three-regions.yaml', import.meta.url), 'utf8')
  const parsed = parseDocument(change(text))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.document
}

describe('reading AWS and planning', () => {
  let sandbox: Sandbox
  let connection: Connection
  let native: NativeConnection
  let temporal: Client
  const { address, namespace } = inject('temporal')

  beforeAll(async () => {
    connection = await Connection.connect({ address })
    native = await NativeConnection.connect({ address })
    temporal = new Client({ connection, namespace })
  })
  afterEach(() => sandbox?.close())
  afterAll(async () => {
    await connection.close()
    await native.close()
  })

  const start = async (change: (seed: Record<string, any>) => Seed = (seed) => seed) => {
    const artifact = await packModel('good')
    const seed = exampleWorld({
      versions: [
        { version: 37, artifact },
        { version: 38, artifact },
      ],
    })
    sandbox = await startSandbox({ clockRate, seed: change(seed) })
  }
  const dependencies = () => ({
    calendar: emptyCalendar,
    clockRate,
    temporal,
    aws: createAws({
      clockRate,
      env: {
        AWS_ENDPOINT_URL: sandbox.url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: `AKIA${accounts.registry}`,
        AWS_SECRET_ACCESS_KEY: 'x',
      },
    }),
  })
  const facts = (document = documentOf(), attempt = 1): Promise<Facts> =>
    readFacts({ ...dependencies(), session: 'test', attempt, known: new Map() }, document)
  const targetOf = async (place: typeof eu, document?: Document): Promise<TargetFacts> =>
    (await facts(document)).targets[keyOf(place)]!
  const plan = (input: Partial<PlanInput> = {}): Promise<Plan> =>
    activityContext().run(createReadPlan(dependencies()), {
      rolloutId: null,
      document: documentOf(),
      ...input,
    })
  const codes = async (document = documentOf()) =>
    (await plan({ document })).findings.map(({ code, target }) => (target ? `${code} ${target}` : code))

  test('finds nothing wrong with a world that is in order, and changes nothing in it', async () => {
    await start()
    const planned = await plan()
    expect(planned.findings).toEqual([])
    expect(planned.artifacts).toHaveLength(4)
    expect(planned.images).toHaveLength(4)
    const changing = sandbox.world.calls
      .list()
      .filter(({ operation }) => !/^(Describe|List|Get|Head|Batch|AssumeRole)/.test(operation))
    expect(changing).toEqual([])
  })

  test('reads package, artifacts, images and endpoints as they are', async () => {
    await start()
    const read = await facts()
    const image = imageOf(accounts)
    expect(read.package).toMatchObject({
      group: 'fraud-scorer',
      version: 38,
      status: 'Completed',
      approval: 'Approved',
      refused: [],
    })
    const [artifact] = Object.values(read.artifacts)
    expect(artifact).toMatchObject({
      kind: 'object',
      objects: 1,
      pin: { etag: expect.any(String), versionId: expect.any(String) },
    })
    const { digest } = read.images[image] as { digest: string }
    expect(
      registryOf(sandbox.world, accounts.registry, 'eu-west-1')
        .repositories.get('fraud-scorer')!
        .images.has(digest),
    ).toBe(true)
    const target = read.targets[keyOf(eu)]!
    expect(target).toMatchObject({
      endpoint: {
        status: 'InService',
        configName: 'fraud-scorer-v37',
        variants: [{ name: 'AllTraffic', desiredCount: 2 }],
      },
      stableModel: {
        name: 'fraud-scorer-v37',
        problems: [],
        executionRole: `arn:aws:iam::${eu.account}:role/model-execution`,
      },
      quotas: { 'ml.m5.xlarge': { limit: 20, used: 2 } },
      bucket: { exists: true },
      repositories: { 'fraud-scorer': { exists: false } },
    })
    // 40 requests a second for the whole week.
    expect(target.traffic!.perMinute / 2400).toBeCloseTo(1, 1)
    expect(read.targets[targetKey(accounts.staging, 'eu-west-1', 'fraud-scorer-staging')]).not.toHaveProperty(
      'endpoint',
    )
    expect(read.record).toEqual({ name: 'audit-333333333333', exists: true })
  })

  test('says of one account that it cannot be entered, and reads all the others', async () => {
    await start((seed) => ({
      ...seed,
      roles: seed.roles.filter((role: any) => role.account !== eu.account || role.name !== 'sluice-deploy'),
    }))
    const read = await facts()
    expect(read.targets[keyOf(eu)]?.denied).toMatch(/AssumeRole in account 333333333333/)
    expect(read.targets[keyOf(us)]?.denied).toBeUndefined()
  })

  test('asks an account and Region once for what all targets there share', async () => {
    const second = { name: 'second', config: 'fraud-scorer-v37', ...eu }
    await start((seed) => ({ ...seed, endpoints: [...seed.endpoints, second] }))
    const document = documentOf((text) =>
      text.replace(
        '- - { account: prod-eu, region: eu-west-1 }',
        '- - { account: prod-eu, region: eu-west-1 }\n      - { account: prod-eu, region: eu-west-1, endpoint: { name: second } }',
      ),
    )
    const { targets } = await facts(document)
    const asked = (operation: string) =>
      sandbox.world.calls
        .list()
        .filter((call) => call.operation === operation && call.accountId === eu.account)
        .map(({ region }) => region)
    for (const operation of ['ListServiceQuotas', 'ListEndpoints', 'DescribeRepositories'])
      expect(asked(operation)).toEqual(['eu-west-1'])
    const [first, other] = [targets[keyOf(eu)], targets[targetKey(eu.account, eu.region, 'second')]]
    expect(first?.quotas['ml.m5.xlarge']).toMatchObject({ used: 4 })
    expect(other).toMatchObject({ quotas: first?.quotas, bucket: first?.bucket })
  })

  test('names what stable would miss when its fleet starts again', async () => {
    await start()
    const bucket = findBucket(sandbox.world, `models-${eu.account}-eu-west-1`)!
    bucket.objects.delete(stableKey)
    const repository = registryOf(sandbox.world, us.account, us.region).repositories.get(
      'fraud-scorer-stable',
    )!
    const { plantImage } = await import('../sandbox/ecr/seed.ts')
    plantImage(sandbox.world, repository, { tags: ['v37'], layers: [{ text: 'rebuilt' }] })
    const read = await facts()
    expect(read.targets[keyOf(eu)]?.stableModel?.problems).toEqual([
      expect.stringMatching(/stable\/model\.tar\.gz does not exist any more/),
    ])
    expect(read.targets[keyOf(us)]?.stableModel?.problems).toEqual([
      expect.stringMatching(/the tag was moved/),
    ])
  })

  test('finds missing and foreign buckets, and repositories whose rules would expire the copy', async () => {
    await start((seed) => ({
      ...seed,
      buckets: seed.buckets.map((bucket: any) =>
        bucket.name === `models-${us.account}-us-east-1`
          ? { ...bucket, region: 'us-west-2', objects: [] }
          : bucket,
      ),
      models: seed.models.filter((one: any) => one.region !== us.region),
      endpointConfigs: seed.endpointConfigs.filter((one: any) => one.region !== us.region),
      endpoints: seed.endpoints.filter((one: any) => one.region !== us.region),
      repositories: [
        ...seed.repositories,
        {
          name: 'fraud-scorer',
          ...eu,
          lifecyclePolicy: {
            rules: [
              {
                rulePriority: 1,
                selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5 },
                action: { type: 'expire' },
              },
            ],
          },
        },
      ],
    }))
    sandbox.world
      .state('s3', accounts.staging, 'eu-west-1', () => new Map())
      .delete(`models-${accounts.staging}-eu-west-1`)
    const read = await facts()
    expect(read.targets[keyOf(us)]?.bucket).toMatchObject({
      exists: true,
      problem: expect.stringContaining('us-west-2'),
    })
    expect(
      read.targets[targetKey(accounts.staging, 'eu-west-1', 'fraud-scorer-staging')]?.bucket,
    ).toMatchObject({ exists: false })
    expect(read.targets[keyOf(eu)]?.repositories['fraud-scorer']?.expires).toBe(
      'rule 1 expires any image beyond the newest 5',
    )
    expect(await codes()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^image-would-expire/),
        expect.stringMatching(/^bucket-missing/),
        expect.stringMatching(/^bucket-unusable/),
      ]),
    )
  })

  test('sees through composite alarms and math which variants they look at', async () => {
    const metric = (name: string, dimensions: Record<string, string>) => ({
      ...eu,
      AlarmName: name,
      Namespace: 'AWS/SageMaker',
      MetricName: 'Invocation5XXErrors',
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: 'Average',
      Period: 60,
      EvaluationPeriods: 5,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0.5,
    })
    await start((seed) => ({
      ...seed,
      alarms: [
        ...seed.alarms,
        metric('pinned', { EndpointName: 'fraud-scorer', VariantName: 'AllTraffic' }),
        metric('other endpoint', { EndpointName: 'something-else', VariantName: 'AllTraffic' }),
        { ...eu, AlarmName: 'both', AlarmRule: 'ALARM("pinned") OR ALARM("fraud-scorer-business")' },
        { ...eu, AlarmName: 'blind', AlarmRule: 'ALARM(pinned) AND NOT OK("other endpoint")' },
      ],
    }))
    const document = documentOf((text) =>
      text.replace('    alarms:\n', '    alarms:\n      - both\n      - blind\n      - nowhere\n'),
    )
    const { alarms } = await targetOf(eu, document)
    expect(alarms).toMatchObject({
      both: { kind: 'composite', variants: ['AllTraffic'], seesEveryVariant: true, window: 300_000 },
      blind: { kind: 'composite', variants: ['AllTraffic'], seesEveryVariant: false },
      nowhere: null,
    })
    expect(await codes(document)).toEqual(
      expect.arrayContaining([`alarm-pins-other-variant ${keyOf(eu)}`, `alarm-missing ${keyOf(eu)}`]),
    )
  })

  test('rides out a throttle, and starts again later when it lasts', async () => {
    await start()
    sandbox.world.faults.arm({ kind: 'throttle', operation: 'DescribeEndpoint', times: 3 })
    expect((await facts()).targets[keyOf(eu)]?.endpoint).toBeDefined()
    sandbox.world.faults.arm({
      kind: 'throttle',
      operation: 'DescribeEndpoint',
      region: 'us-east-1',
      times: 999,
    })
    expect(await failureOf(plan())).toMatchObject({ type: 'Throttled', nonRetryable: false })
    const given = await facts(documentOf(), 5)
    expect(given.targets[keyOf(us)]?.denied).toMatch(/ThrottlingException/)
  })

  test("finds AWS's own images in each Region's registry, where they may be another build", async () => {
    const image = '763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.5-cpu'
    await start((seed) => ({
      ...seed,
      awsImages: [
        {
          repository: 'pytorch-inference',
          tag: '2.5-cpu',
          regions: ['eu-west-1', us.region],
          rebuiltPerRegion: true,
        },
      ],
      modelPackages: seed.modelPackages.map((one: any, index: number) => {
        const [container] = one.InferenceSpecification.Containers
        return index === 37
          ? { ...one, InferenceSpecification: { Containers: [{ ...container, Image: image }] } }
          : one
      }),
    }))
    const read = await facts()
    const source = read.images[image] as { kind: string; digest: string }
    expect(source.kind).toBe('aws-owned')
    expect(read.targets[keyOf(eu)]?.remapped[image]).toEqual({ image, digest: source.digest })
    const there = read.targets[keyOf(us)]?.remapped[image] as { image: string; digest: string }
    expect(there.image).toBe('763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.5-cpu')
    expect(there.digest).not.toBe(source.digest)
    expect(read.targets[keyOf(sydney)]?.remapped[image]).toMatchObject({ unreadable: expect.any(String) })
    const planned = await plan()
    expect(planned.findings.map(({ code }) => code)).toEqual(['image-not-in-region'])
    expect(planned.images.map(({ mode }) => mode)).toEqual(['remap', 'remap', 'remap'])
  })

  test('says which package is missing, and plans all the same', async () => {
    await start()
    const document = documentOf((text) => text.replace('fraud-scorer/38', 'fraud-scorer/99'))
    expect(await codes(document)).toContain('package-unreadable')
  })

  const temporalWorker = async (work: (taskQueue: string) => Promise<void>) => {
    const taskQueue = `plan-${randomUUID()}`
    const workflowsPath = fileURLToPath(new URL('./support/poll-workflows.ts', import.meta.url))
    const worker = await Worker.create({ connection: native, namespace, taskQueue, workflowsPath })
    await worker.runUntil(work(taskQueue))
  }

  test('names the rollout that holds a target', async () => {
    await start()
    await temporalWorker(async (taskQueue) => {
      const lock = await temporal.workflow.start('holds', {
        taskQueue,
        workflowId: lockId(keyOf(us)),
        memo: { rolloutId: 'other-7', phase: 'Baking' },
      })
      try {
        expect((await targetOf(us)).holder).toEqual({ rolloutId: 'other-7', phase: 'Baking' })
        expect((await targetOf(eu)).holder).toBeUndefined()
      } finally {
        await lock.terminate()
      }
    })
  })

  test('plans an undo from what the ended rollout left, and refuses one that left nothing', async () => {
    await start()
    await temporalWorker(async (taskQueue) => {
      const id = randomUUID().slice(0, 8)
      for (const [name, restore] of [
        ['done', { [keyOf(eu)]: 'fraud-scorer-v37' }],
        ['none', {}],
        ['gone', { [keyOf(eu)]: 'fraud-scorer-v36' }],
      ] as const) {
        await temporal.workflow.execute('ends', {
          taskQueue,
          workflowId: `rollout/${name}-${id}`,
          args: [{ outcome: 'Succeeded', restore }],
        })
      }
      const planned = await plan({ rolloutId: 'undo-1', undoes: `done-${id}` })
      expect(planned.targets.map(({ key, restoreConfig }) => [key, restoreConfig])).toEqual([
        [keyOf(eu), 'fraud-scorer-v37'],
      ])
      expect(await failureOf(plan({ undoes: `gone-${id}` }))).toMatchObject({
        type: 'Refused',
        message: expect.stringContaining('config fraud-scorer-v36'),
      })
      expect(await failureOf(plan({ undoes: `none-${id}` }))).toMatchObject({ type: 'Refused' })
      expect(await failureOf(plan({ undoes: `unknown-${id}` }))).toMatchObject({ type: 'Refused' })
    })
  })
})
