import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NotificationsAnswer } from '../api/answers.ts'
import { freePorts } from '../cli/embedded/ports.ts'
import { packModel } from '../examples/model/pack.ts'
import type { Notice } from '../rollout/notices/types.ts'
import { heraldWorkflowId } from '../workflows/messages.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { approval, twoRegions } from './support/documents.ts'
import { startReceiver, type Receiver } from './support/receiver.ts'
import { startStack, type Stack } from './support/stack.ts'

const secret = 'a secret that only tests use'

describe('people are told', () => {
  let stack: Stack
  let receiver: Receiver
  let before: WorldState

  beforeAll(async () => {
    receiver = await startReceiver(secret)
    const [nobodyThere = 0] = await freePorts(1)
    const artifact = await packModel('good')
    stack = await startStack({
      versions: [
        { version: 37, artifact },
        { version: 38, artifact },
        { version: 39, artifact, environment: { SANDBOX_ERROR_RATE: '0.5' } },
      ],
      notify: {
        file: `
apiVersion: sluice/v1
kind: Notifications
channels:
  all: { webhook: { url: '${receiver.url}/all', secretFrom: HOOK_SECRET } }
  away: { webhook: { url: 'http://127.0.0.1:${nobodyThere}/', secretFrom: HOOK_SECRET } }
routes:
  - { models: ['fraud-*'], to: [all] }
  - { models: ['away-*'], events: [started], to: [away] }
reminders: { approval: 5m, needsHuman: 5m }
`,
        secrets: { HOOK_SECRET: secret },
      },
    })
    before = await readWorld(stack)
  })
  beforeEach(() => receiver.answer(() => 200))
  afterAll(async () => {
    await stack.close()
    await receiver.close()
  })

  const noticesOf = (id: string): readonly Notice[] =>
    receiver.got.flatMap(({ notice, status }) => (notice.rollout.id === id && status === 200 ? [notice] : []))
  const eventsOf = (id: string): readonly string[] => [
    ...new Set(noticesOf(id).map((notice) => `${notice.event}${notice.reminder ? ' again' : ''}`)),
  ]
  const notifications = async (id: string): Promise<NotificationsAnswer> =>
    (await stack.ask<NotificationsAnswer>('vic', 'GET', `/v1/rollouts/${id}/notifications`)).body
  const until = async <T>(look: () => T | Promise<T>, so: (found: T) => boolean): Promise<T> => {
    for (let tries = 0; ; tries++) {
      const found = await look()
      if (so(found)) return found
      if (tries > 450) throw new Error(`it never came to be so: ${JSON.stringify(found, null, 1)}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  const heraldEnded = (id: string): Promise<unknown> =>
    stack.client.workflow.getHandle(heraldWorkflowId(id)).result()

  test('of everything that happens in a rollout, signed, each under one id, and are reminded while a gate waits', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, approval }))
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    await until(
      () => eventsOf(id),
      (events) => events.includes('waiting-for-approval again'),
    )
    expect((await stack.ask('mia', 'POST', `/v1/rollouts/${id}/approve`, {})).status).toBe(200)
    const view = await stack.ended(id)
    expect(view.outcome).toBe('Succeeded')
    await heraldEnded(id)
    expect(new Set(eventsOf(id))).toEqual(
      new Set(['started', 'waiting-for-approval', 'waiting-for-approval again', 'step-done', 'succeeded']),
    )
    const done = noticesOf(id).filter(({ event }) => event === 'step-done')
    const passed = view.steps.filter(({ state }) => state === 'Passed').map(({ number }) => number)
    expect(done.map(({ step }) => step?.number).toSorted((a = 0, b = 0) => a - b)).toEqual(passed)
    expect(receiver.refused).toEqual([])
    const { deliveries } = await notifications(id)
    expect(new Set(deliveries.map(({ state }) => state))).toEqual(new Set(['delivered']))
    const shown = noticesOf(id).map((notice) => notice.id)
    expect(new Set(shown).size).toBe(shown.length)
    await checkWorld(stack, before, { fresh: view.targets.map(({ key }) => key) })
    before = await readWorld(stack)
  })

  test('of the alarm that decided and that all is put back; a receiver that fails is tried again under the same id', async () => {
    const failed = new Set<string>()
    receiver.answer(({ id }) => (failed.has(id) || !failed.add(id) ? 200 : 503))
    const id = await stack.start(twoRegions({ accounts: stack.accounts, version: 39 }))
    const { verdict } = await stack.ended(id)
    await heraldEnded(id)
    expect(eventsOf(id)).toEqual(expect.arrayContaining(['started', 'step-done', 'alarm', 'rolled-back']))
    expect(noticesOf(id).find(({ event }) => event === 'alarm')?.verdict).toEqual(verdict)
    const { deliveries } = await notifications(id)
    for (const { state, attempts } of deliveries)
      expect({ state, attempts }).toEqual({ state: 'delivered', attempts: 2 })
    await checkWorld(stack, before)
  })

  test('or see on the rollout who could not be told, and why, while it is tried again and when it was given up', async () => {
    receiver.answer(({ event }) => (event === 'started' ? 410 : 200))
    const gone = await stack.start(twoRegions({ accounts: stack.accounts }))
    const away = await stack.start(
      twoRegions({ accounts: stack.accounts, name: 'away-scorer', whenBusy: 'queue' }),
    )
    const failing = await until(
      () => notifications(away),
      ({ deliveries }) => (deliveries[0]?.attempts ?? 0) > 2,
    )
    expect(failing.deliveries).toEqual([
      expect.objectContaining({
        channel: 'away',
        event: 'started',
        state: 'pending',
        lastError: expect.stringContaining('cannot be reached: connect ECONNREFUSED') as string,
      }),
    ])
    const { deliveries } = await until(
      () => notifications(gone),
      (answer) => answer.deliveries.some(({ state }) => state === 'gave-up'),
    )
    expect(deliveries[0]).toMatchObject({
      event: 'started',
      attempts: 1,
      lastError: expect.stringContaining('answered 410') as string,
    })
    for (const id of [away, gone]) {
      expect((await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, {})).status).toBe(200)
    }
    for (const id of [away, gone]) expect((await stack.ended(id)).outcome).toBe('Aborted')
    await checkWorld(stack, before)
  })
})
