import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { LiveRollout } from '../api/answers.ts'
import { packModel } from '../examples/model/pack.ts'
import type { Phase } from '../rollout/phases.ts'
import { reportChargebacks } from './support/business.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { approval, businessWatch, twoRegions } from './support/documents.ts'
import { startStack, type Stack } from './support/stack.ts'

describe('people who decide', () => {
  let stack: Stack
  let before: WorldState

  beforeAll(async () => {
    const artifact = await packModel('good')
    stack = await startStack({ versions: [37, 38, 39].map((version) => ({ version, artifact })) })
    before = await readWorld(stack)
  })
  let stopReports = (): void => undefined
  const report = async (region: 'eu-west-1' | 'us-east-1', rate: number): Promise<void> => {
    stopReports()
    stopReports = await reportChargebacks(stack, region, rate)
  }
  afterEach(() => stopReports())
  afterAll(() => stack.close())

  const say = async (id: string, verb: string, body: object = {}, person: 'zoe' | 'mia' = 'mia') => {
    const answer = await stack.ask(person, 'POST', `/v1/rollouts/${id}/${verb}`, body)
    expect(answer, `${verb}: ${JSON.stringify(answer.body)}`).toMatchObject({ status: 200 })
    return answer.body
  }

  test.each<Phase>(['Replicating', 'AwaitingApproval', 'Preparing', 'Shifting', 'Baking', 'Promoted'])(
    'an abort while %s puts everything back',
    async (phase) => {
      const document = twoRegions({ accounts: stack.accounts, approval, production: { keepPrevious: '1h' } })
      const id = await stack.start(document)
      if (phase !== 'Replicating') {
        await stack.until(id, (view) => view.phase === 'AwaitingApproval')
        if (phase !== 'AwaitingApproval') await say(id, 'approve')
      }
      await stack.until(id, (view) => view.phase === phase)
      await say(id, 'abort', { comment: 'never mind' }, 'zoe')
      await say(id, 'abort', {}, 'zoe').catch(() => undefined)
      const view = await stack.ended(id)
      expect(view).toMatchObject({ outcome: 'Aborted', reason: 'aborted by zoe: never mind' })
      await checkWorld(stack, before)
    },
  )

  test('a rejected rollout ends Rejected, with the reason', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, approval }))
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    await say(id, 'reject', { comment: 'not before Monday' })
    expect(await stack.ended(id)).toMatchObject({
      outcome: 'Rejected',
      reason: 'rejected by mia: not before Monday',
    })
    await checkWorld(stack, before)
  })

  test('undo while it is Promoted puts every target back by weights', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, production: { keepPrevious: '1h' } }))
    const promoted = await stack.until(id, (view) => view.phase === 'Promoted')
    expect(promoted.targets.map((target) => target.actual)).toEqual([100, 100])
    // Every target is watched until the commit, and whoever looks is told what the watch saw last.
    const watched = async () => {
      const { body } = await stack.ask<LiveRollout>('vic', 'GET', `/v1/rollouts/${id}`)
      return body.alarms.map(({ target, alarms }) => [
        target,
        alarms.map(({ state, owner }) => [state, owner]),
      ])
    }
    await expect
      .poll(watched, { timeout: 20_000 })
      .toEqual(promoted.targets.map(({ key }) => [key, [['OK', 'rollout']]]))
    await say(id, 'undo')
    expect(await stack.ended(id)).toMatchObject({ outcome: 'RolledBack', reason: 'undone by mia' })
    await checkWorld(stack, before)
  })

  test('a pause blocks the next step while the watch goes on, and resume goes on', async () => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { watch: businessWatch } }),
    )
    await stack.until(id, (view) => view.phase === 'Baking')
    const incident = { decisionId: 'incident-42' }
    await say(id, 'pause', incident, 'zoe')
    const paused = await stack.until(id, (view) => view.phase === 'Paused')
    expect(paused.targets[0]).toMatchObject({ asked: 10, actual: 10 })
    await say(id, 'resume', incident, 'zoe')
    await stack.until(id, (view) => view.targets[0]?.actual === 100)
    const said = await stack.until(id, ({ decisions }) => decisions.length > 1)
    expect(said.decisions).toMatchObject([
      { verb: 'pause', id: 'incident-42' },
      { verb: 'resume', id: 'incident-42' },
    ])
    await say(id, 'pause', {}, 'zoe')
    await report('eu-west-1', 0.9)
    expect((await stack.ended(id)).outcome).toBe('RolledBack')
    await checkWorld(stack, before)
  })

  test('another rollout on the same endpoint is refused with 409 and nothing is started', async () => {
    const first = await stack.start(twoRegions({ accounts: stack.accounts }))
    await stack.until(first, (view) => view.phase === 'Baking')
    const second = await stack.ask<{ type: string; detail: string }>(
      'zoe',
      'POST',
      '/v1/rollouts',
      twoRegions({ accounts: stack.accounts, version: 39 }),
    )
    expect(second.status).toBe(409)
    expect(second.body.type).toContain('target-busy')
    expect(JSON.stringify(second.body)).toContain(first)
    await say(first, 'abort', {}, 'zoe')
    await stack.ended(first)
    await checkWorld(stack, before)
  })

  test('one that replaces waits until the other is put back; the other ends Superseded', async () => {
    const first = await stack.start(twoRegions({ accounts: stack.accounts }))
    await stack.until(first, (view) => view.phase === 'Baking')
    const second = await stack.start(
      twoRegions({ accounts: stack.accounts, version: 39, whenBusy: 'replace' }),
    )
    expect(await stack.ended(first)).toMatchObject({ outcome: 'Superseded', links: { supersededBy: second } })
    await stack.until(second, (view) => view.phase === 'Baking')
    await say(second, 'abort', {}, 'zoe')
    expect((await stack.ended(second)).links).toMatchObject({ supersedes: first })
    await checkWorld(stack, before)
  })

  test('rollouts that queue are called in order when the lock is free', async () => {
    const first = await stack.start(twoRegions({ accounts: stack.accounts }))
    await stack.until(first, (view) => view.phase === 'Baking')
    const second = await stack.start(twoRegions({ accounts: stack.accounts, version: 39, whenBusy: 'queue' }))
    const waiting = await stack.until(second, (view) => view.phase === 'Queued')
    expect(waiting.message).toContain(first)
    const third = await stack.start(
      twoRegions({ accounts: stack.accounts, version: 39, whenBusy: 'queue', name: 'fraud-again' }),
    )
    await stack.until(third, (view) => view.phase === 'Queued')
    await say(first, 'abort', {}, 'zoe')
    await stack.until(second, (view) => view.phase === 'Baking')
    const behind = await stack.view(third)
    expect(
      behind.phase,
      `${behind.reason}\n${behind.timeline.map((one) => `${one.at} ${one.text}`).join('\n')}`,
    ).toBe('Queued')
    await say(third, 'abort', {}, 'zoe')
    await say(second, 'abort', {}, 'zoe')
    expect((await stack.ended(second)).outcome).toBe('Aborted')
    expect((await stack.ended(third)).outcome).toBe('Aborted')
    await checkWorld(stack, before)
  })

  test('hold moves nothing, retry repeats the wave, promoteFull keeps what is finished, and undo takes that back', async () => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { onFailure: 'hold', watch: businessWatch } }),
    )
    await stack.until(id, (view) => view.phase === 'Baking' && view.targets[1]?.actual === 10)
    await report('us-east-1', 0.9)
    const held = await stack.until(id, (view) => view.phase === 'Held')
    expect(held.targets.map((target) => target.actual)).toEqual([100, 10])
    await report('us-east-1', 0)
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    await say(id, 'retry')
    await stack.until(id, (view) => view.phase === 'Baking')
    await report('us-east-1', 0.9)
    await stack.until(id, (view) => view.phase === 'Held')
    await say(id, 'promote-full')
    const view = await stack.ended(id)
    expect(view.outcome).toBe('Partial')
    expect(view.targets.map((target) => target.state)).toEqual(['Committed', 'Reverted'])
    await checkWorld(stack, before, { fresh: [view.targets[0]?.key ?? ''] })
    stopReports()
    await stack.quiet('us-east-1')
    const undone = await stack.ask<{ id: string }>('mia', 'POST', `/v1/rollouts/${id}/undo`, {})
    expect(undone, JSON.stringify(undone.body)).toMatchObject({ status: 202 })
    const back = await stack.ended(undone.body.id)
    expect(back).toMatchObject({ outcome: 'Succeeded', links: { undoes: id } })
    expect(back.targets.map((target) => target.key)).toEqual([view.targets[0]?.key])
    const kept = (await readWorld(stack)).endpointConfigs.map((config) => config.name)
    await checkWorld(stack, before, { kept })
  })

  test('undo of a rollout that has committed and still writes its record waits for its end', async () => {
    const record = { account: 'prod-eu', to: `s3://audit-${stack.accounts.prodEu}/sluice/` }
    const id = await stack.start(twoRegions({ accounts: stack.accounts, version: 39, record }))
    await stack.until(id, (view) => view.phase === 'Committing')
    stack.arm({ kind: 'slow', operation: 'PutObject', times: 1, with: { ms: 3_000 } })
    await stack.until(id, (view) => view.outcome === 'Succeeded')
    const kept = (await readWorld(stack)).endpointConfigs.map((config) => config.name)
    const { status } = await stack.client.workflow.getHandle(`rollout/${id}`).describe()
    expect(status.name).toBe('RUNNING')
    const undone = await stack.ask<{ id: string }>('mia', 'POST', `/v1/rollouts/${id}/undo`, {})
    expect(undone, JSON.stringify(undone.body)).toMatchObject({ status: 202 })
    expect(await stack.ended(undone.body.id)).toMatchObject({ outcome: 'Succeeded', links: { undoes: id } })
    await checkWorld(stack, before, { kept })
  })

  test('an undo takes off nothing that was deployed since', async () => {
    const first = await stack.start(twoRegions({ accounts: stack.accounts, version: 38 }))
    expect(await stack.ended(first)).toMatchObject({ outcome: 'Succeeded' })
    const second = await stack.start(twoRegions({ accounts: stack.accounts, version: 39, whenBusy: 'queue' }))
    expect(await stack.ended(second)).toMatchObject({ outcome: 'Succeeded' })
    const serving = (await readWorld(stack)).endpoints
    const undone = await stack.ask('mia', 'POST', `/v1/rollouts/${first}/undo`, {})
    expect(undone, JSON.stringify(undone.body)).toMatchObject({
      status: 422,
      body: { findings: expect.arrayContaining([expect.objectContaining({ code: 'moved-on' })]) },
    })
    expect((await readWorld(stack)).endpoints).toEqual(serving)
  })

  test('who took all traffic off by hand is not overruled by a commit', async () => {
    const stable = async () => (await readWorld(stack)).endpoints.map(({ name, config }) => [name, config])
    const served = await stable()
    const id = await stack.start(twoRegions({ accounts: stack.accounts, production: { keepPrevious: '1h' } }))
    await stack.until(id, (view) => view.phase === 'Promoted')
    const account = stack.accounts.prodWorld
    const endpoint = (await readWorld(stack)).endpoints.find((one) => one.accountId === account)
    const variants =
      endpoint?.variants.map(({ name }) => [name, name.startsWith('c-') ? 0 : 1] as const) ?? []
    await stack.control('foreign-update', {
      account,
      region: endpoint?.region,
      endpoint: endpoint?.name,
      weights: Object.fromEntries(variants),
    })
    await stack.rests(account)
    await say(id, 'promote')
    const { outcome, reason } = await stack.ended(id)
    expect(outcome, reason).toBe('RolledBack')
    expect(reason).toContain('the endpoint is not as asked')
    expect(await stable()).toEqual(served)
  })
})
