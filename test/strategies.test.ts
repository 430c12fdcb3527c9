import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packModel } from '../examples/model/pack.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { reportChargebacks } from './support/business.ts'
import { approval, businessWatch, twoRegions } from './support/documents.ts'
import { startStack, type Stack } from './support/stack.ts'

describe('ways to production', () => {
  let stack: Stack
  let before: WorldState

  beforeAll(async () => {
    const artifact = await packModel('good')
    stack = await startStack({
      versions: [
        { version: 37, artifact },
        { version: 38, artifact },
        { version: 39, artifact, environment: { SANDBOX_ERROR_RATE: '0.5' } },
      ],
    })
    await stack.seed({ scalableTargets: [scaled(stack.accounts.prodEu)] })
    before = await readWorld(stack)
  })
  afterAll(() => stack.close())

  const say = (id: string, verb: string, person: 'zoe' | 'mia' | 'ben' = 'mia') =>
    stack.ask(person, 'POST', `/v1/rollouts/${id}/${verb}`, {})

  const fresh = (version: number, production: Record<string, unknown> = {}) =>
    twoRegions({
      accounts: stack.accounts,
      version,
      endpoint: {
        name: 'fraud-new',
        instanceType: 'ml.m5.xlarge',
        instanceCount: 1,
        executionRole: 'arn:aws:iam::{account}:role/model-execution',
      },
      production: {
        strategy: { allAtOnce: { bake: '5m' } },
        watch: { ...businessWatch, minInvocations: 0 },
        ...production,
      },
    })

  test('a first deployment that is aborted deletes the endpoints it made, and nothing else', async () => {
    const id = await stack.start(fresh(38))
    const { targets } = await stack.until(id, (view) => view.phase === 'Baking')
    expect(targets.map((target) => target.action)).toEqual(['create', 'create'])
    await say(id, 'abort', 'zoe')
    expect((await stack.ended(id)).outcome).toBe('Aborted')
    await checkWorld(stack, before)
  })

  test('a first deployment makes the endpoint, and undo of one is refused with the reason', async () => {
    const id = await stack.start(fresh(38, { waves: [[{ account: 'prod-eu', region: 'eu-west-1' }]] }))
    const view = await stack.ended(id)
    expect(view).toMatchObject({
      outcome: 'Succeeded',
      targets: [{ action: 'create', state: 'Committed', actual: 100 }],
    })
    await checkWorld(stack, before, { fresh: view.targets.map((target) => target.key) })
    before = await readWorld(stack)
    const undo = await say(id, 'undo')
    expect(undo.status, JSON.stringify(undo.body)).toBe(409)
    expect(JSON.stringify(undo.body)).toContain('first deployment')
    expect(await readWorld(stack)).toEqual(before)
  })

  test('steps with gates wait for as many people as they name, and autoscaling survives the way there and back', async () => {
    const steps = [
      { weight: 5 },
      { bake: '5m' },
      { approval: { ...approval, required: 2 } },
      { weight: 50 },
      { bake: '5m' },
    ]
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { strategy: { steps }, watch: businessWatch } }),
    )
    const gate = await stack.until(id, (view) => view.phase === 'AwaitingDecision')
    expect(gate.gate).toMatchObject({ id: 'wave-1/gate-1', required: 2, from: ['ml-leads'] })
    const suspended = (await readWorld(stack)).scalableTargets
    expect(JSON.stringify(suspended)).toMatch(
      /"DynamicScalingInSuspended":true|"in":true|"dynamicScalingInSuspended":true/i,
    )
    expect((await say(id, 'approve')).status).toBe(200)
    const again = await say(id, 'approve')
    expect(again.status).toBe(409)
    expect((await stack.view(id)).phase).toBe('AwaitingDecision')
    expect((await say(id, 'approve', 'ben')).status).toBe(200)
    await stack.until(id, (view) => view.targets[0]?.actual === 50)
    await say(id, 'abort', 'zoe')
    expect((await stack.ended(id)).outcome).toBe('Aborted')
    await checkWorld(stack, before)
  })

  test('a gate that nobody answers in time puts everything back', async () => {
    const steps = [
      { weight: 5 },
      { bake: '5m' },
      { approval: { ...approval, expiresAfter: '5m' } },
      { weight: 50 },
    ]
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { strategy: { steps }, watch: businessWatch } }),
    )
    expect(await stack.ended(id)).toMatchObject({
      outcome: 'Rejected',
      reason: 'nobody decided at wave-1/gate-1 in time',
    })
    await checkWorld(stack, before)
  })

  test('too little traffic is never a Pass: a person is asked, and a yes goes on', async () => {
    const watch = { ...businessWatch, minInvocations: 1_000_000, maxExtension: '2m' }
    const id = await stack.start(twoRegions({ accounts: stack.accounts, production: { watch } }))
    const asked = await stack.until(id, (view) => view.phase === 'AwaitingDecision')
    expect(asked.gate?.id).toContain('inconclusive')
    expect(asked.verdict).toMatchObject({
      result: 'Inconclusive',
      cause: { kind: 'traffic', minimum: 1_000_000 },
    })
    expect((await say(id, 'approve')).status).toBe(200)
    await stack.until(id, (view) => view.targets[0]?.actual === 100)
    await say(id, 'abort', 'zoe')
    await stack.ended(id)
    await checkWorld(stack, before)
  })

  test('linear steps, promoteFull and another instance type: all the way at once, scaling as before', async () => {
    const id = await stack.start(
      twoRegions({
        accounts: stack.accounts,
        endpoint: {
          name: 'fraud-scorer',
          instanceType: 'ml.m5.2xlarge',
          executionRole: 'arn:aws:iam::{account}:role/model-execution',
        },
        production: { strategy: { linear: { percent: 25, bake: '5m' } }, watch: businessWatch },
      }),
    )
    await stack.until(id, (view) => view.targets[0]?.actual === 25)
    expect((await say(id, 'promote-full')).status).toBe(200)
    const view = await stack.ended(id)
    expect(view.outcome).toBe('Succeeded')
    expect(view.steps.filter((step) => step.state === 'Skipped').length).toBeGreaterThan(3)
    await checkWorld(stack, before, { fresh: view.targets.map((target) => target.key) })
  })

  test('an emergency start is for approvers, and skips what it names', async () => {
    const document = twoRegions({
      accounts: stack.accounts,
      approval,
      emergency: { reason: 'stable is broken', skip: ['approval', 'bake'], ignoreAlarms: [] },
    })
    expect((await stack.ask('zoe', 'POST', '/v1/rollouts', document)).status).toBe(403)
    const started = await stack.ask<{ id: string }>('mia', 'POST', '/v1/rollouts', document)
    expect(started.status).toBe(202)
    const view = await stack.ended(started.body.id)
    expect(view.outcome).toBe('Succeeded')
    expect(view.steps.some((step) => step.kind === 'approval' || step.kind === 'bake')).toBe(false)
  })

  test('promoteFull never gets past an approval: before traffic it is refused, also while paused', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, approval }))
    await say(id, 'pause', 'zoe')
    const early = await say(id, 'promote-full')
    expect(early.status).toBe(409)
    await say(id, 'resume', 'zoe')
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    expect((await say(id, 'promote-full')).status).toBe(409)
    await say(id, 'abort', 'zoe')
    expect((await stack.ended(id)).outcome).toBe('Aborted')
  })

  test('rollback-wave takes only the traffic of the failed wave away; retry goes on where it stood', async () => {
    const id = await stack.start(
      twoRegions({
        accounts: stack.accounts,
        production: { onFailure: 'rollback-wave', prepare: 'perWave', watch: businessWatch },
      }),
    )
    await stack.until(id, (view) => view.targets[1]?.actual === 10)
    const stop = await reportChargebacks(stack, 'us-east-1', 0.9)
    const held = await stack.until(id, (view) => view.phase === 'Held').finally(stop)
    expect(held.targets.map((target) => target.actual)).toEqual([100, 0])
    await stack.quiet('us-east-1')
    expect((await say(id, 'retry')).status).toBe(200)
    const done = await stack.ended(id)
    expect(done.outcome).toBe('Succeeded')
  })

  test('a wave whose account cannot be entered is held, names no command for what was not made, and is retried', async () => {
    const id = await stack.start(
      twoRegions({
        accounts: stack.accounts,
        version: 39,
        production: { onFailure: 'hold', prepare: 'perWave', watch: businessWatch },
      }),
    )
    await stack.until(id, (view) => view.targets[0]?.actual === 10)
    stack.arm({
      kind: 'access-denied',
      service: 'sagemaker',
      operation: 'DescribeEndpoint',
      region: 'us-east-1',
      forMs: 60_000,
    })
    const held = await stack.until(id, (view) => view.phase === 'Held')
    expect(held.instructions.join()).not.toContain('delete-endpoint')
    stack.sandbox.world.faults.clear()
    expect((await say(id, 'retry')).status).toBe(200)
    await stack.until(id, (view) => view.targets[1]?.actual === 10)
    await say(id, 'abort', 'zoe')
    expect((await stack.ended(id)).outcome).toBe('Aborted')
  })

  test('a successor of a Promoted rollout lets it commit first, whatever its whenBusy', async () => {
    const first = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { watch: businessWatch, keepPrevious: '7d' } }),
    )
    await stack.until(first, (view) => view.phase === 'Promoted')
    const second = await stack.start(
      twoRegions({ accounts: stack.accounts, version: 39, production: { watch: businessWatch } }),
    )
    expect((await stack.ended(first)).outcome).toBe('Succeeded')
    await stack.until(second, (view) => view.phase === 'Baking')
    await say(second, 'abort', 'zoe')
    expect((await stack.ended(second)).outcome).toBe('Aborted')
  })

  test('undo keeps the instances that autoscaling has added since', async () => {
    const id = await stack.start(
      twoRegions({
        accounts: stack.accounts,
        version: 39,
        production: { watch: { ...businessWatch, minInvocations: 0 } },
      }),
    )
    expect((await stack.ended(id)).outcome).toBe('Succeeded')
    await stack.control('foreign-update', {
      account: stack.accounts.prodEu,
      region: 'eu-west-1',
      endpoint: 'fraud-scorer',
      counts: { AllTraffic: 5 },
    })
    await stack.rests(stack.accounts.prodEu)
    const undone = await stack.ask<{ id: string }>('mia', 'POST', `/v1/rollouts/${id}/undo`, {})
    expect(undone.status).toBe(202)
    expect((await stack.ended(undone.body.id)).outcome).toBe('Succeeded')
    const endpoint = (await readWorld(stack)).endpoints.find(
      (one) => one.accountId === stack.accounts.prodEu && one.name === 'fraud-scorer',
    )
    expect(endpoint?.variants).toMatchObject([{ name: 'AllTraffic', desiredCount: 5 }])
  })
})

/** Autoscaling of the first Region's stable variant. */
function scaled(account: string): Record<string, unknown> {
  return {
    account,
    region: 'eu-west-1',
    ResourceId: 'endpoint/fraud-scorer/variant/AllTraffic',
    MinCapacity: 2,
    MaxCapacity: 6,
  }
}
