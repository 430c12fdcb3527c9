import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explain } from '../rollout/explain.ts'
import type { RolloutView } from '../rollout/view.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { approval, businessWatch, twoRegions } from './support/documents.ts'
import { reportChargebacks } from './support/business.ts'
import { businessAlarm } from '../examples/world.ts'
import { packModel } from '../examples/model/pack.ts'
import { startStack, type Stack } from './support/stack.ts'

describe('a worker that dies', () => {
  let stack: Stack
  let before: WorldState

  beforeAll(async () => {
    const good = await packModel('good')
    stack = await startStack({
      versions: [
        { version: 37, artifact: good },
        { version: 38, artifact: good },
        { version: 39, artifact: good, environment: { SANDBOX_ERROR_RATE: '0.4' } },
      ],
    })
    before = await readWorld(stack)
  })
  afterAll(() => stack.close())

  const die = async (): Promise<void> => {
    await stack.killWorker()
    await stack.startWorker()
  }

  const inPhase = (id: string, phase: RolloutView['phase']) => stack.until(id, (view) => view.phase === phase)

  test('during prepare loses nothing: the rollout goes on, and an abort puts everything back', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts }))
    await inPhase(id, 'Preparing')
    await die()
    await inPhase(id, 'Baking')
    expect((await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, {})).status).toBe(200)
    expect((await stack.ended(id)).outcome).toBe('Aborted')
    await checkWorld(stack, before)
  })

  test('in the middle of a bake loses nothing: an alarm is still seen', async () => {
    const id = await stack.start(
      twoRegions({
        accounts: stack.accounts,
        production: { strategy: { canary: { percent: 10, bake: '20m' } }, watch: businessWatch },
      }),
    )
    await inPhase(id, 'Baking')
    await die()
    const stop = await reportChargebacks(stack, 'eu-west-1', 0.9)
    expect((await stack.ended(id).finally(stop)).outcome).toBe('RolledBack')
    await checkWorld(stack, before)
    await stack.quiet('eu-west-1')
  })

  test('in the middle of a bake misses nothing: an alarm that went red and green meanwhile decides', async () => {
    const id = await stack.start(
      twoRegions({
        accounts: stack.accounts,
        production: { strategy: { canary: { percent: 10, bake: '20m' } }, watch: businessWatch },
      }),
    )
    await inPhase(id, 'Baking')
    await stack.killWorker()
    const stop = await reportChargebacks(stack, 'eu-west-1', 0.9)
    await stack.red('eu-west-1').finally(stop)
    await stack.quiet('eu-west-1')
    await stack.startWorker()
    const view = await stack.ended(id)
    expect(view).toMatchObject({
      outcome: 'RolledBack',
      verdict: { result: 'Fail', cause: { kind: 'alarm', alarm: businessAlarm, value: 0.9, threshold: 0.5 } },
    })
    expect(explain(view).join('\n')).toMatch(
      new RegExp(`alarm ${businessAlarm} was in ALARM at .*: ChargebackRate 0.9 > 0.5`),
    )
    await checkWorld(stack, before)
  })

  test('while everything is Promoted misses nothing: nothing is committed over an alarm that was red', async () => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { keepPrevious: '20m', watch: businessWatch } }),
    )
    const { deadline } = await inPhase(id, 'Promoted')
    await stack.killWorker()
    const stop = await reportChargebacks(stack, 'us-east-1', 0.9)
    await stack.red('us-east-1').finally(stop)
    await stack.quiet('us-east-1')
    // The worker comes back when the time is over, and nothing but the commit is left to do.
    await new Promise((resolve) => setTimeout(resolve, Date.parse(deadline ?? '') + 1_000 - Date.now()))
    await stack.startWorker()
    expect(await stack.ended(id)).toMatchObject({
      outcome: 'RolledBack',
      verdict: { result: 'Fail', cause: { kind: 'alarm', alarm: businessAlarm } },
    })
    await checkWorld(stack, before)
  })

  test('while everything is Promoted misses nothing either when somebody said meanwhile to commit', async () => {
    const id = await stack.start(
      twoRegions({ accounts: stack.accounts, production: { keepPrevious: '1h', watch: businessWatch } }),
    )
    await inPhase(id, 'Promoted')
    await stack.killWorker()
    const stop = await reportChargebacks(stack, 'us-east-1', 0.9)
    await stack.red('us-east-1').finally(stop)
    await stack.quiet('us-east-1')
    expect(await stack.ask('mia', 'POST', `/v1/rollouts/${id}/promote`, {})).toMatchObject({
      status: 503,
      body: { left: true },
    })
    await stack.startWorker()
    expect(await stack.ended(id)).toMatchObject({
      outcome: 'RolledBack',
      verdict: { result: 'Fail', cause: { kind: 'alarm', alarm: businessAlarm } },
    })
    await checkWorld(stack, before)
  })

  test('while everything is put back leaves no endpoint half way', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, version: 39 }))
    await inPhase(id, 'Reverting')
    await die()
    expect((await stack.ended(id)).outcome).toBe('RolledBack')
    await checkWorld(stack, before)
  })

  test('an approval that is sent while no worker runs is taken when one is back', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, approval }))
    await inPhase(id, 'AwaitingApproval')
    await stack.killWorker()
    const decision = { decisionId: 'while-nobody-was-there', comment: 'go' }
    const unknown = await stack.ask<{ type: string }>('mia', 'POST', `/v1/rollouts/${id}/approve`, decision)
    expect(unknown.status).toBe(503)
    expect(unknown.body.type).toContain('outcome-unknown')
    await stack.startWorker()
    const again = await stack.ask('mia', 'POST', `/v1/rollouts/${id}/approve`, decision)
    expect(again.status).toBe(200)
    const view = await stack.until(id, (now) => now.phase !== 'AwaitingApproval')
    expect(view.decisions.filter((one) => one.verb === 'approve')).toMatchObject([
      { by: 'mia', verified: true },
    ])
    await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, {})
    expect((await stack.ended(id)).outcome).toBe('Aborted')
    await checkWorld(stack, before)
  })

  test('of two approvals that are both there when a worker is back one counts, and the other came too late', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, approval }))
    await inPhase(id, 'AwaitingApproval')
    await stack.killWorker()
    for (const person of ['mia', 'ben'] as const) {
      const sent = await stack.ask(person, 'POST', `/v1/rollouts/${id}/approve`, {})
      expect(sent).toMatchObject({ status: 503, body: { left: true } })
    }
    await stack.startWorker()
    const view = await stack.until(id, (now) => now.decisions?.length === 2)
    expect(view.decisions.map(({ result }) => result).sort()).toEqual([
      'approved by mia; 1 of 1 approvals',
      expect.stringMatching(/^refused: no gate is open/) as string,
    ])
    await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, {})
    expect((await stack.ended(id)).outcome).toBe('Aborted')
    await checkWorld(stack, before)
  })
})
