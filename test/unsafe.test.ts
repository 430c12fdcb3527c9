import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packModel } from '../examples/model/pack.ts'
import { lockId } from '../rollout/target.ts'
import { rolloutWorkflowId } from '../workflows/messages.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { approval, businessWatch, twoRegions } from './support/documents.ts'
import { startStack, type Stack } from './support/stack.ts'

describe('when SageMaker or Temporal itself lets go', () => {
  let stack: Stack
  let before: WorldState

  beforeAll(async () => {
    const artifact = await packModel('good')
    stack = await startStack({ versions: [37, 38].map((version) => ({ version, artifact })) })
    before = await readWorld(stack)
  })
  afterAll(() => stack.close())

  const baking = async (production: Record<string, unknown> = {}) => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { watch: businessWatch, ...production } }),
    )
    return stack.until(id, (view) => view.phase === 'Baking')
  }

  test('an update that SageMaker cannot roll back needs a person, who is told the commands and says retry', async () => {
    stack.arm({
      kind: 'update-rollback-failed',
      service: 'sagemaker',
      region: 'us-east-1',
      with: { reason: 'out of luck' },
    })
    const id = await stack.start(twoRegions({ accounts: stack.accounts }))
    const stuck = await stack.until(
      id,
      (view) =>
        view.phase === 'NeedsHuman' &&
        view.targets[0]?.state === 'Reverted' &&
        view.targets[1]?.state === 'NeedsHuman',
    )
    expect(stuck.instructions.join('\n')).toContain('aws sagemaker update-endpoint')
    expect(stuck.instructions.join('\n')).toContain(`sluice retry ${id}`)
    expect(stuck.targets.map((target) => target.state)).toEqual(['Reverted', 'NeedsHuman'])
    // The person does what they were told.
    const repaired = await fetch(`${stack.sandbox.url}/_sandbox/control/foreign-update`, {
      method: 'POST',
      body: JSON.stringify({
        account: stack.accounts.prodWorld,
        region: 'us-east-1',
        endpoint: 'fraud-scorer',
        config: 'fraud-scorer-v37',
      }),
    })
    expect(repaired.status, await repaired.text()).toBe(200)
    const retried = await stack.ask('mia', 'POST', `/v1/rollouts/${id}/retry`, {})
    expect(retried.status).toBe(200)
    expect((await stack.ended(id)).outcome).toBe('RolledBack')
    await checkWorld(stack, before)
  })

  test('a child that is terminated is taken over at the word of a person, and its endpoint put back', async () => {
    const view = await baking()
    const [first] = view.targets
    await stack.client.workflow.getHandle(lockId(first?.key ?? '')).terminate('by a test')
    const lost = await stack.until(view.id, (now) => now.phase === 'NeedsHuman')
    expect(lost.targets[0]).toMatchObject({ state: 'NeedsHuman' })
    expect((await stack.ask('mia', 'POST', `/v1/rollouts/${view.id}/retry`, {})).status).toBe(200)
    expect((await stack.ended(view.id)).outcome).toBe('RolledBack')
    await checkWorld(stack, before)
  })

  test('a rollout that is terminated leaves children that put their endpoints back', async () => {
    const view = await baking()
    await stack.client.workflow.getHandle(rolloutWorkflowId(view.id)).terminate('by a test')
    for (const target of view.targets) {
      const result = await stack.client.workflow.getHandle(lockId(target.key)).result()
      expect(result).toMatchObject({ outcome: 'Reverted' })
    }
    await checkWorld(stack, before)
  })

  test('a rollout that is cancelled in Temporal is aborted', async () => {
    const view = await baking()
    await stack.client.workflow.getHandle(rolloutWorkflowId(view.id)).cancel()
    expect(await stack.ended(view.id)).toMatchObject({ outcome: 'Aborted', reason: 'cancelled in Temporal' })
    await checkWorld(stack, before)
  })

  test('a signal from elsewhere than the API may pause and abort, and nothing else', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, approval }))
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    const handle = stack.client.workflow.getHandle(rolloutWorkflowId(id))
    const forged = {
      decisionId: 'forged',
      by: { name: 'mia', roles: ['approver'], groups: ['ml-leads'] },
      at: new Date().toISOString(),
      signature: 'ab'.repeat(32),
    }
    await handle.signal('approve', forged)
    const refused = await stack.until(id, (view) => view.decisions.length === 1)
    expect(refused).toMatchObject({
      phase: 'AwaitingApproval',
      decisions: [{ verified: false, result: expect.stringContaining('refused') }],
    })
    await expect(
      handle.executeUpdate('approve', { args: [{ ...forged, verb: 'approve', decisionId: 'forged-2' }] }),
    ).rejects.toThrow()
    await handle.signal('abort')
    const ended = await stack.ended(id)
    expect(ended.outcome).toBe('Aborted')
    expect(ended.decisions.at(-1)).toMatchObject({
      verb: 'abort',
      verified: false,
      by: 'somebody in Temporal',
    })
    await checkWorld(stack, before)
  })

  test('a commit that SageMaker undoes is tried again and only goes forward', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts }))
    await stack.until(id, (view) => view.phase === 'Promoted')
    stack.arm({ kind: 'silent-rollback', service: 'sagemaker', region: 'us-east-1' })
    const stuck = await stack.until(id, (view) => view.phase === 'NeedsHuman')
    expect(stuck.instructions.join('\n')).toContain('-final-')
    const abort = await stack.ask<{ detail: string }>('mia', 'POST', `/v1/rollouts/${id}/abort`, {})
    expect(abort.status).toBe(409)
    await stack.ask('mia', 'POST', `/v1/rollouts/${id}/retry`, {})
    const done = await stack.ended(id)
    expect(done.outcome).toBe('Succeeded')
    await checkWorld(stack, before, { fresh: done.targets.map((target) => target.key) })
    before = await readWorld(stack)
  })

  test('a child that is cancelled while everything waits for the commit takes the whole rollout back', async () => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { watch: businessWatch, keepPrevious: '1h' } }),
    )
    const { targets } = await stack.until(id, (view) => view.phase === 'Promoted')
    await stack.client.workflow.getHandle(lockId(targets[0]?.key ?? '')).cancel()
    expect((await stack.ended(id)).outcome).toBe('RolledBack')
    await checkWorld(stack, before)
  })

  test('a child that is terminated while it commits is taken over to commit', async () => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { watch: businessWatch, keepPrevious: '1h' } }),
    )
    const { targets } = await stack.until(id, (view) => view.phase === 'Promoted')
    stack.arm({ kind: 'slow-deployment', service: 'sagemaker', region: 'us-east-1', with: { factor: 20 } })
    await stack.ask('mia', 'POST', `/v1/rollouts/${id}/promote`, {})
    await stack.until(id, (view) => view.targets[1]?.state === 'Committing')
    await stack.client.workflow.getHandle(lockId(targets[1]?.key ?? '')).terminate('by a test')
    await stack.until(id, (view) => view.phase === 'NeedsHuman')
    expect((await stack.ask('mia', 'POST', `/v1/rollouts/${id}/retry`, {})).status).toBe(200)
    const done = await stack.ended(id)
    expect({ outcome: done.outcome, reason: done.reason }).toMatchObject({ outcome: 'Succeeded' })
    await checkWorld(stack, before, { fresh: done.targets.map((target) => target.key) })
    before = await readWorld(stack)
  })

  test('a child that is terminated while it prepares is taken over, and everything it made is removed', async () => {
    stack.arm({ kind: 'slow-deployment', service: 'sagemaker', region: 'us-east-1', with: { factor: 20 } })
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { watch: businessWatch } }),
    )
    const { targets } = await stack.until(
      id,
      (view) => view.targets[1]?.message === 'starting the candidate beside stable',
    )
    await stack.client.workflow.getHandle(lockId(targets[1]?.key ?? '')).terminate('by a test')
    await stack.until(id, (view) => view.phase === 'NeedsHuman')
    expect((await stack.ask('mia', 'POST', `/v1/rollouts/${id}/retry`, {})).status).toBe(200)
    expect((await stack.ended(id)).outcome).toBe('RolledBack')
    await checkWorld(stack, before)
  })

  test('signals that make no sense are dropped, and an abort still works', async () => {
    const view = await baking()
    const rollout = stack.client.workflow.getHandle(rolloutWorkflowId(view.id))
    const child = stack.client.workflow.getHandle(lockId(view.targets[0]?.key ?? ''))
    for (const name of ['makeWay', 'lockFree', 'report', 'approve', 'retry', 'promoteFull'])
      await rollout.signal(name)
    for (const name of ['order', 'enqueue']) await child.signal(name)
    await rollout.signal('makeWay', { by: 'nobody', replace: true })
    expect((await stack.ask('zoe', 'POST', `/v1/rollouts/${view.id}/abort`, {})).status).toBe(200)
    expect((await stack.ended(view.id)).outcome).toBe('Aborted')
    await checkWorld(stack, before)
  })
})
