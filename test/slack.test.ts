import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { NotificationsAnswer } from '../api/answers.ts'
import { packModel } from '../examples/model/pack.ts'
import { heraldWorkflowId } from '../workflows/messages.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { approval, twoRegions } from './support/documents.ts'
import {
  buttonsOf,
  signedRequest,
  slackSecrets,
  startSlack,
  type FakeSlack,
  type SlackMessage,
} from './support/slack.ts'
import { startStack, type Stack } from './support/stack.ts'

const channel = 'C0123456789'
const [mia, ben, zoe, stranger] = ['U00000MIA', 'U00000BEN', 'U00000ZOE', 'U0STRANGER']

describe('in Slack', { timeout: 240_000 }, () => {
  let stack: Stack
  let slack: FakeSlack
  let before: WorldState

  beforeAll(async () => {
    slack = await startSlack([channel])
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
slack:
  tokenFrom: SLACK_BOT_TOKEN
  signingSecretFrom: SLACK_SIGNING
  apiUrl: ${slack.apiUrl}
  users:
    ${mia}: { name: mia, roles: [approver], groups: [ml-leads] }
    ${ben}: { name: ben, roles: [approver], groups: [ml-leads] }
    ${zoe}: { name: zoe, roles: [operator] }
channels: { room: { slack: { channel: ${channel} } } }
routes: [{ to: [room] }]
`,
        secrets: slackSecrets,
      },
    })
    before = await readWorld(stack)
  })
  const started: string[] = []
  afterEach(async () => {
    slack.down(false)
    // A test that failed half-way must not hold the endpoints of the next one.
    for (const id of started.splice(0)) {
      await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, {})
      await stack.ended(id)
    }
  })
  afterAll(async () => {
    await stack.close()
    await slack.close()
  })

  const until = async <T>(look: () => T | Promise<T>, so: (found: T) => unknown): Promise<T> => {
    for (let tries = 0; ; tries++) {
      const found = await look()
      if (so(found)) return found
      if (tries > 450) throw new Error(`it never came to be so: ${JSON.stringify(found, null, 1)}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  const messagesOf = (id: string): readonly SlackMessage[] =>
    slack.messages.filter((one) => !one.thread && JSON.stringify(one.blocks).includes(id))
  const threadOf = (id: string): readonly SlackMessage[] =>
    slack.messages.filter((one) => one.thread === messagesOf(id)[0]?.ts)
  const textOf = (message: SlackMessage | undefined): string =>
    (message?.blocks ?? []).map((block) => block.text?.text ?? '').join('\n')
  const labelsOf = (message: SlackMessage | undefined): readonly string[] =>
    message ? buttonsOf(message).map(({ text }) => text.text) : []
  /** The message of the rollout, when it has such buttons. */
  const withButtons = (id: string, ...labels: readonly string[]): Promise<SlackMessage> =>
    until(
      () => messagesOf(id)[0] as SlackMessage,
      (message) => labels.every((label) => labelsOf(message).includes(label)),
    )
  const whispered = (user: string, since: number, text: RegExp): Promise<unknown> =>
    until(
      () => slack.whispers.slice(since).filter((one) => one.user === user),
      (all) => all.some((one) => text.test(one.text)),
    )
  const heraldEnded = (id: string): Promise<unknown> =>
    stack.client.workflow.getHandle(heraldWorkflowId(id)).result()
  const waiting = async (): Promise<string> => {
    const id = await stack.start(twoRegions({ accounts: stack.accounts, approval }))
    started.push(id)
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    return id
  }
  const aborted = async (id: string): Promise<void> => {
    await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`, {})
    await stack.ended(id)
    await checkWorld(stack, before)
  }

  test('a rollout is one message, kept up to date, with a thread; approved by a button, it shows who and when', async () => {
    const id = await waiting()
    const open = await withButtons(id, 'Approve', 'Reject…', 'Pause', 'Abort')
    expect(textOf(open)).toContain('fraud-scorer v38: AwaitingApproval')
    expect(labelsOf(open)).not.toContain('Resume')
    const { status } = await slack.press(stack.api.url, mia, open, 'Approve')
    expect(status).toBe(200)
    await whispered(mia, 0, /approved by mia; 1 of 1/)
    const running = await until(
      () => messagesOf(id)[0],
      (message) => !labelsOf(message).includes('Approve'),
    )
    expect(textOf(running)).toMatch(/\*approve\* by mia <!date/)
    await until(
      () => textOf(messagesOf(id)[0]),
      (text) => /fraud-scorer +10 % +10 %/.test(text),
    )
    const view = await stack.ended(id)
    expect(view.decisions).toMatchObject([{ verb: 'approve', by: 'mia', verified: true, gate: 'approval' }])
    await heraldEnded(id)
    const [message, ...others] = messagesOf(id)
    expect(others).toEqual([])
    expect(textOf(message)).toContain('fraud-scorer v38: Succeeded')
    expect(labelsOf(message)).toEqual([])
    for (const { title } of view.steps) expect(textOf(message)).toContain(title)
    const thread = threadOf(id).filter((one) => !one.broadcast)
    const lines = thread.flatMap(({ text }) => text.split('\n'))
    expect(lines).toHaveLength(view.timeline.length)
    expect(
      threadOf(id)
        .filter((one) => one.broadcast)
        .at(-1)?.text,
    ).toContain(':tada:')
    expect(slack.refused).toEqual([])
    await checkWorld(stack, before, { fresh: view.targets.map(({ key }) => key) })
    before = await readWorld(stack)
  })

  test('who rejects is asked why, and the comment is kept and shown', async () => {
    const id = await waiting()
    const open = await withButtons(id, 'Reject…')
    const opened = slack.calls.get('views.open') ?? 0
    expect((await slack.press(stack.api.url, ben, open, 'Reject…')).status).toBe(200)
    await until(
      () => slack.calls.get('views.open') ?? 0,
      (count) => count > opened,
    )
    expect(await slack.submit(stack.api.url, ben, 'not <!channel> before Monday')).toBe(200)
    expect(await stack.ended(id)).toMatchObject({
      outcome: 'Rejected',
      reason: 'rejected by ben: not <!channel> before Monday',
    })
    const shown = await until(
      () => textOf(messagesOf(id)[0]),
      (text) => text.includes('*reject* by ben'),
    )
    expect(shown).toContain('“not &lt;!channel&gt; before Monday”')
    await checkWorld(stack, before)
  })

  test('two who race, a double click, a redelivery and a late click are one decision, and everyone is told which', async () => {
    const id = await waiting()
    const open = await withButtons(id, 'Approve')
    const since = slack.whispers.length
    const [first] = await Promise.all([
      slack.press(stack.api.url, mia, open, 'Approve'),
      slack.press(stack.api.url, ben, open, 'Approve'),
      slack.press(stack.api.url, mia, open, 'Approve'),
    ])
    expect(await first?.again()).toBe(200)
    await until(
      () => slack.whispers.slice(since),
      (all) => all.length === 4,
    )
    const { decisions } = await stack.view(id)
    const approvals = decisions.filter(
      ({ verb, result }) => verb === 'approve' && !result.startsWith('refused'),
    )
    expect(approvals).toHaveLength(1)
    const by = approvals[0]?.by ?? ''
    for (const { user, text } of slack.whispers.slice(since)) {
      expect(text, user).toMatch(new RegExp(`approved by ${by}`))
    }
    const late = slack.whispers.length
    const opened = slack.calls.get('views.open') ?? 0
    await slack.press(stack.api.url, ben, open, 'Approve')
    await slack.press(stack.api.url, ben, open, 'Reject…')
    await until(
      () => slack.calls.get('views.open') ?? 0,
      (count) => count > opened,
    )
    await slack.submit(stack.api.url, ben, 'too late')
    await until(
      () => slack.whispers.slice(late),
      (all) => all.length === 2 && all.every(({ text }) => text.includes(`already approved by ${by}`)),
    )
    await aborted(id)
  })

  test('who is not known decides nothing, who has too small a role neither, and both are told', async () => {
    const id = await waiting()
    const open = await withButtons(id, 'Approve', 'Reject…', 'Pause')
    const since = slack.whispers.length
    await slack.press(stack.api.url, stranger, open, 'Approve')
    await slack.press(stack.api.url, stranger, open, 'Reject…')
    await whispered(stranger, since, /You can decide nothing here: the Slack member `U0STRANGER`/)
    await slack.press(stack.api.url, zoe, open, 'Approve')
    await whispered(zoe, since, /zoe has the roles operator; `approve` needs approver/)
    expect((await stack.view(id)).decisions).toEqual([])
    await slack.press(stack.api.url, zoe, open, 'Pause')
    const paused = await withButtons(id, 'Resume')
    expect(labelsOf(paused)).not.toContain('Pause')
    await slack.press(stack.api.url, zoe, paused, 'Resume')
    const resumed = await withButtons(id, 'Pause')
    await slack.press(stack.api.url, zoe, resumed, 'Abort')
    expect(await stack.ended(id)).toMatchObject({ outcome: 'Aborted', reason: 'aborted by zoe' })
    await checkWorld(stack, before)
  })

  test('a request that Slack did not sign just now is refused with 401 and does nothing', async () => {
    const send = async (init: RequestInit): Promise<number> =>
      (await fetch(`${stack.api.url}/slack/interactions`, init)).status
    const id = await waiting()
    const { value } = buttonsOf(await withButtons(id, 'Approve'))[0] ?? { value: '' }
    const payload = {
      type: 'block_actions',
      user: { id: mia },
      trigger_id: '1',
      container: { channel_id: channel },
      actions: [{ action_id: 'sluice:approve', value }],
    }
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
    const now = Math.floor(Date.now() / 1_000)
    const { headers: _, ...unsigned } = signedRequest(body)
    expect(await send(unsigned)).toBe(401)
    expect(await send(signedRequest(body, { secret: 'another secret' }))).toBe(401)
    expect(await send(signedRequest(body, { at: now - 301 }))).toBe(401)
    expect(await send({ ...signedRequest(body), body: `${body}&x=1` })).toBe(401)
    for (const malformed of [
      '',
      'payload=',
      'payload={',
      'payload=[]',
      'payload={"type":"block_actions"}',
      'x'.repeat(300_000),
    ])
      expect(await send(signedRequest(malformed)), malformed.slice(0, 40)).toBe(401)
    expect((await stack.view(id)).decisions).toEqual([])
    expect(await send(signedRequest('payload={"type":"shortcut"}'))).toBe(200)
    expect(await send(signedRequest(body))).toBe(200)
    await stack.until(id, (view) => view.decisions.length === 1)
    await aborted(id)
  })

  test('an outage holds nothing back; it is seen on the rollout, and ends with one message as things are by then', async () => {
    slack.down(true)
    const id = await stack.start(twoRegions({ accounts: stack.accounts, version: 39 }))
    const view = await stack.ended(id)
    expect(view.outcome).toBe('RolledBack')
    const { body } = await stack.ask<NotificationsAnswer>('vic', 'GET', `/v1/rollouts/${id}/notifications`)
    expect(body.showings).toEqual([
      { channel: 'room', lastError: expect.stringContaining('Slack chat.postMessage') as string },
    ])
    slack.fail('chat.postMessage', 'rate-limit', 1)
    slack.fail('chat.postMessage', 'lose-answer', 1)
    slack.fail('chat.update', 'error', 1)
    slack.down(false)
    await heraldEnded(id)
    const [message, ...others] = messagesOf(id)
    expect(others).toEqual([])
    expect(textOf(message)).toContain('fraud-scorer v39: RolledBack')
    expect(textOf(message)).toContain(view.verdict?.message.slice(0, 40))
    const alarms = threadOf(id).filter(
      ({ broadcast, text }) => broadcast && text.includes(':rotating_light:'),
    )
    expect(alarms).toHaveLength(1)
    await checkWorld(stack, before)
  })
})
