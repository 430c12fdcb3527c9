import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  SageMakerClient,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker'
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { packModel, readGolden } from '../../examples/model/pack.ts'
import { exampleWorld } from '../../examples/world.ts'
import { startSandbox, type Sandbox } from '../../sandbox/start.ts'
import { judgeWorld } from '../support/judge-world.ts'
import { readWorld, type WorldState } from '../support/world-state.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { countEffects } from './oracle.ts'

const account = '333333333333'
const key = `${account}/eu-west-1/fraud-scorer`

describe('what judges the points of the campaign', () => {
  let sandbox: Sandbox
  let ledger: Ledger
  let before: WorldState
  let sagemaker: SageMakerClient
  let runtime: SageMakerRuntimeClient

  beforeEach(async () => {
    ledger = createLedger()
    const artifact = await packModel('good')
    sandbox = await startSandbox({
      clockRate: 1_000,
      seed: exampleWorld({ versions: [{ version: 37, artifact }] }),
      services: ledger.services,
    })
    before = await readWorld({ sandbox })
    ledger.reset(before.endpoints)
    const settings = {
      endpoint: sandbox.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: `AKIA${account}`, secretAccessKey: 'any' },
    }
    sagemaker = new SageMakerClient(settings)
    runtime = new SageMakerRuntimeClient(settings)
  })
  afterEach(() => sandbox.close())

  const addCandidate = async (): Promise<void> => {
    const model = before.models.find((one) => one.accountId === account) as unknown as {
      readonly input: object
    }
    await sagemaker.send(new CreateModelCommand({ ...model.input, ModelName: 'fraud-new' } as never))
    const variant = { InstanceType: 'ml.m5.xlarge', InitialInstanceCount: 1 } as const
    await sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: 'both',
        ProductionVariants: [
          { ...variant, VariantName: 'AllTraffic', ModelName: 'fraud-scorer-v37', InitialVariantWeight: 1 },
          { ...variant, VariantName: 'c-1', ModelName: 'fraud-new', InitialVariantWeight: 0 },
        ],
      }),
    )
    await sagemaker.send(
      new UpdateEndpointCommand({ EndpointName: 'fraud-scorer', EndpointConfigName: 'both' }),
    )
    await rests()
  }

  /** Through the back door: a look by the API would count as one. */
  const rests = async (): Promise<void> => {
    const status = async () =>
      (await readWorld({ sandbox })).endpoints.find((one) => one.accountId === account)?.status
    await expect.poll(status).toBe('InService')
  }

  const shift = () =>
    sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: 'fraud-scorer',
        DesiredWeightsAndCapacities: [{ VariantName: 'c-1', DesiredWeight: 1 }],
      }),
    )

  test('find nothing in a world that is as it was', async () => {
    expect(judgeWorld(before, await readWorld({ sandbox }))).toEqual([])
    expect(ledger.unverified).toEqual([])
  })

  test('find traffic for a variant that nobody saw in service', async () => {
    await addCandidate()
    await shift()
    expect(ledger.unverified).toEqual([`${key}: c-1 gets weight, but nobody saw it in service`])
  })

  test('let traffic pass to a variant that has answered', async () => {
    await addCandidate()
    const { input } = await readGolden()
    await runtime.send(
      new InvokeEndpointCommand({
        EndpointName: 'fraud-scorer',
        TargetVariant: 'c-1',
        ContentType: 'text/csv',
        Body: input.split('\n')[0] ?? '',
      }),
    )
    await shift()
    expect(ledger.unverified).toEqual([])
  })

  test('let traffic pass to a variant that was seen in service with all its instances', async () => {
    await addCandidate()
    await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'fraud-scorer' }))
    await shift()
    expect(ledger.unverified).toEqual([])
  })

  test('find a candidate that is left, an old config that should be new, and what nothing uses', async () => {
    await addCandidate()
    await sagemaker.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: 'forgotten',
        ProductionVariants: [
          {
            VariantName: 'AllTraffic',
            ModelName: 'fraud-new',
            InstanceType: 'ml.m5.xlarge',
            InitialInstanceCount: 1,
          },
        ],
      }),
    )
    const now = await readWorld({ sandbox })
    const found = judgeWorld(before, now).join('\n')
    expect(found).toContain(`${key}: the candidate c-1 is left`)
    expect(found).toContain(`${key} is not wholly stable`)
    expect(found).toContain(`config ${account}/eu-west-1/forgotten: nothing uses it`)
    expect(judgeWorld(before, before, { fresh: [key] })).toEqual([`${key} still serves the old model`])
    const left = judgeWorld(before, now, { left: [key] })
    expect(left).toEqual([])
  })

  test('find scaling and alarms that are not as before', async () => {
    const now = { ...before, alarms: before.alarms.slice(1), endpoints: before.endpoints.slice(1) }
    expect(judgeWorld(before, now)).toEqual([
      expect.stringContaining('an endpoint is gone'),
      expect.stringContaining('alarms: not as before, missing'),
    ])
  })

  test('count what took effect though its answer was lost, and not what was refused', async () => {
    sandbox.world.faults.arm({ kind: 'lose-answer', operation: 'UpdateEndpoint' })
    // The SDK asks again, and finds what it asked for on its way.
    await expect(addCandidate()).rejects.toThrow('Cannot update in-progress endpoint')
    expect(countEffects(ledger.effects, { [account]: 'prodEu' })).toMatchObject({
      'CreateModel prodEu:eu-west-1': 1,
      'UpdateEndpoint prodEu:eu-west-1': 1,
    })
  })
})
