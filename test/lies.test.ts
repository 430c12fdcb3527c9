import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { twoRegions } from './support/documents.ts'
import { packModel } from '../examples/model/pack.ts'
import { startStack, type Stack } from './support/stack.ts'

describe('AWS and others that do not keep to the plan', () => {
  let stack: Stack
  let before: WorldState

  beforeAll(async () => {
    const good = await packModel('good')
    stack = await startStack({ versions: [37, 38].map((version) => ({ version, artifact: good })) })
    before = await readWorld(stack)
  })
  afterAll(() => stack.close())

  const updates = (): number =>
    stack.sandbox.world.calls
      .list()
      .filter((call) => call.operation === 'UpdateEndpoint' && call.status < 400).length

  test('a lost answer on UpdateEndpoint makes no second update', async () => {
    stack.arm({ kind: 'lose-answer', service: 'sagemaker', operation: 'UpdateEndpoint', times: 2 })
    const counted = updates()
    const id = await stack.start(twoRegions({ accounts: stack.accounts }))
    await stack.until(id, (view) => view.phase === 'Baking')
    expect(updates() - counted).toBe(2)
    await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, {})
    expect((await stack.ended(id)).outcome).toBe('Aborted')
    await checkWorld(stack, before)
  })

  test('a lost answer on CreateModelPackage makes no second version', async () => {
    stack.arm({ kind: 'lose-answer', service: 'sagemaker', operation: 'CreateModelPackage' })
    const promote = {
      to: {
        account: 'prod-eu',
        region: 'eu-west-1',
        group: 'fraud-scorer-approved',
        status: 'PendingManualApproval',
      },
    }
    const id = await stack.start(twoRegions({ accounts: stack.accounts, promote }))
    await stack.until(id, (view) => view.phase === 'Baking')
    await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, {})
    await stack.ended(id)
    const { modelPackages } = await readWorld(stack)
    const made = modelPackages.filter((one) => one.arn.includes(`:${stack.accounts.prodEu}:`))
    expect(made).toHaveLength(1)
    await checkWorld(stack, before)
  })

  test.each([[{ reason: 'Request to service failed.' }], [{}]])(
    'a silent rollback by SageMaker (%j) is seen, and the other Region is put back',
    async (details) => {
      stack.arm({ kind: 'silent-rollback', service: 'sagemaker', region: 'us-east-1', with: details })
      const id = await stack.start(twoRegions({ accounts: stack.accounts }))
      const view = await stack.ended(id)
      expect(view).toMatchObject({
        outcome: 'RolledBack',
        reason: expect.stringContaining('SageMaker undid the update'),
      })
      await checkWorld(stack, before)
    },
  )

  test("somebody else's change is a Conflict: theirs stays, the other Region is put back", async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts }))
    const { targets } = await stack.until(id, (view) => view.phase === 'Baking')
    const candidate = targets[1]?.candidate ?? ''
    const changed = await fetch(`${stack.sandbox.url}/_sandbox/control/foreign-update`, {
      method: 'POST',
      body: JSON.stringify({
        account: stack.accounts.prodWorld,
        region: 'us-east-1',
        endpoint: 'fraud-scorer',
        weights: { AllTraffic: 3, [candidate]: 1 },
      }),
    })
    expect(await changed.json()).toMatchObject({ endpoint: 'fraud-scorer' })
    const view = await stack.ended(id)
    expect(view).toMatchObject({ outcome: 'Conflict', reason: expect.stringContaining('us-east-1') })
    expect(view.targets.map((target) => target.state)).toEqual(['Reverted', 'Conflict'])
    const { endpoints } = await readWorld(stack)
    const weights = (region: string) =>
      endpoints.find((one) => one.region === region)?.variants.map((variant) => variant.desiredWeight)
    expect({ first: weights('eu-west-1'), second: weights('us-east-1') }).toEqual({
      first: [1],
      second: [3, 1],
    })
  })

  test('the metrics of the worker count calls at AWS and their errors, and how long putting back took', async () => {
    const metrics = await stack.metrics()
    expect(metrics).toMatch(/^sluice_aws_calls_total\{.*operation="UpdateEndpoint".*\} \d+/m)
    expect(metrics).toMatch(/^sluice_aws_errors_total\{.*\} \d+/m)
    expect(metrics).toMatch(/^sluice_rollback_duration_seconds_count\{.*\} [1-9]/m)
  })
})
