import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NotificationsAnswer } from '../api/answers.ts'
import { freePorts } from '../cli/embedded/ports.ts'
import { packModel } from '../examples/model/pack.ts'
import type { Notice } from '../rollout/notices/types.ts'
import { topicArn, type Published } from '../sandbox/sns/state.ts'
import { heraldWorkflowId, rolloutWorkflowId } from '../workflows/messages.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { approval, twoRegions } from './support/documents.ts'
import { startReceiver, type Receiver } from './support/receiver.ts'
import { randomAccounts } from './support/start-stack.ts'
import { startStack, type Stack } from './support/stack.ts'

const secret = 'a secret that only tests use'

describe('people are told', { timeout: 240_000 }, () => {
  let stack: Stack
  let receiver: Receiver
  let before: WorldState

  beforeAll(async () => {
    receiver = await startReceiver(secret)
    const [nobodyThere = 0] = await freePorts(1)
    const artifact = await packModel('good')
    const accounts = randomAccounts()
    stack = await startStack({
      accounts,
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
  audit: { sns: { topic: '${topicArn(accounts.prodEu, 'eu-west-1', 'audit.fifo')}', role: 'arn:aws:iam::${accounts.prodEu}:role/sluice-deploy' } }
  away: { webhook: { url: 'http://127.0.0.1:${nobodyThere}/', secretFrom: HOOK_SECRET } }
routes:
  - { models: ['fraud-*'], to: [all, audit] }
  - { models: ['away-*'], events: [started], to: [away] }
reminders: { approval: 5m, needsHuman: 5m }
`,
        secrets: { HOOK_SECRET: secret },
      },
    })
    await stack.seed({
      topics: [{ account: accounts.prodEu, region: 'eu-west-1', name: 'audit.fifo' }],
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
  const publishedTo = async (arn: string): Promise<readonly Published[]> => {
    const { topics } = (await (await fetch(`${stack.sandbox.url}/_sandbox/state?part=topics`)).json()) as {
      topics: readonly { arn: string; published: readonly Published[] }[]
    }
    return topics.find((topic) => topic.arn === arn)?.published ?? []
  }
  const heraldEnded = (id: string): Promise<unknown> =>
    until(
      async () => ({
        herald: (await stack.client.workflow.getHandle(heraldWorkflowId(id)).describe()).status.name,
        ...(await notifications(id)),
      }),
      ({ herald }) => herald === 'COMPLETED',
    )

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
    const published = (await publishedTo(topicArn(stack.accounts.prodEu, 'eu-west-1', 'audit.fifo'))).filter(
      ({ group }) => group === id,
    )
    expect(published.map(({ message }) => (JSON.parse(message) as Notice).id).toSorted()).toEqual(
      noticesOf(id)
        .map((notice) => notice.id)
        .toSorted(),
    )
    expect(published[0]).toMatchObject({
      subject: expect.stringMatching(/^fraud-scorer( v38)?: /) as string,
      attributes: { model: 'fraud-scorer' },
    })
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
    for (const { channel, state, attempts } of deliveries)
      expect({ state, attempts }).toEqual({ state: 'delivered', attempts: channel === 'all' ? 2 : 1 })
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

  test('of what needs a person, on every channel, again and again until somebody acknowledges it', async () => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, name: 'other-model' }))
    const { targets } = await stack.until(id, (view) => view.phase === 'Baking')
    await stack.client.workflow.getHandle(rolloutWorkflowId(id)).terminate('a test')
    const again = await until(
      () => eventsOf(id),
      (events) => events.includes('needs-human again'),
    )
    expect(again).not.toContain('started')
    const acknowledge = (person: 'zoe' | 'vic', comment: string) =>
      stack.ask(person, 'POST', `/v1/rollouts/${id}/acknowledge`, { comment })
    expect((await acknowledge('vic', 'let me')).status).toBe(403)
    expect((await notifications(id)).unacknowledged).toBe(true)
    const taken = await acknowledge('zoe', 'I am on it')
    expect(taken).toMatchObject({ status: 200, body: { result: 'accepted' } })
    expect((await acknowledge('zoe', 'me too')).body).toMatchObject({
      result: 'already-decided',
      message: expect.stringMatching(/^acknowledged already by zoe/) as string,
    })
    await until(
      () => notifications(id),
      ({ acknowledgements }) => acknowledgements.length > 0,
    )
    const told = noticesOf(id).length
    const channels = new Set((await notifications(id)).deliveries.map(({ channel }) => channel))
    expect(channels).toEqual(new Set(['all', 'audit', 'away']))
    expect(await notifications(id)).toMatchObject({
      unacknowledged: false,
      acknowledgements: [{ by: 'zoe', comment: 'I am on it' }],
    })
    // Longer than the time between two reminders; each of those before took no more.
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    expect(noticesOf(id)).toHaveLength(told)
    expect(targets.length).toBe(2)
  })
})
