import { createHmac, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One message as Slack would show it. */
export interface SlackMessage {
  readonly ts: string
  readonly channel: string
  readonly text: string
  readonly blocks: readonly SlackBlock[]
  readonly thread?: string
  readonly broadcast: boolean
  readonly edits: number
}

export interface SlackBlock {
  readonly type: string
  readonly text?: { readonly type: string; readonly text: string }
  readonly elements?: readonly SlackButton[]
}

export interface SlackButton {
  readonly type: string
  readonly action_id: string
  readonly text: { readonly text: string }
  readonly value: string
}

interface Modal {
  readonly callback_id: string
  readonly private_metadata: string
  readonly user: string
}

/** A stand-in for Slack: its Web API over HTTP, as strict as Slack about what it is sent, and people who press buttons. */
export interface FakeSlack {
  /** For `slack.apiUrl`. */
  readonly apiUrl: string
  readonly messages: readonly SlackMessage[]
  readonly whispers: readonly { readonly user: string; readonly channel: string; readonly text: string }[]
  /** What was refused, which never happens with good requests. */
  readonly refused: readonly string[]
  /** Calls by method. */
  readonly calls: ReadonlyMap<string, number>
  /** Answers of the next calls of a method, instead of the right one. */
  fail(method: string, how: 'rate-limit' | 'lose-answer' | 'error', times: number): void
  /** While it is down, connections are cut. */
  down(is: boolean): void
  /** Somebody presses a button of a message; with `again` the very same request is sent another time. */
  press(
    api: string,
    user: string,
    message: SlackMessage,
    label: string,
  ): Promise<{ again(): Promise<number>; status: number }>
  /** Somebody fills in the modal that was opened for them. */
  submit(api: string, user: string, comment: string): Promise<number>
  close(): Promise<void>
}

export const slackSecrets = {
  SLACK_BOT_TOKEN: 'xoxb-only-for-tests-1',
  SLACK_SIGNING: 'signing-secret-of-tests',
}

type Form = Readonly<Record<string, string>>
type Reply = Readonly<Record<string, unknown>>

const no = (error: string): Reply => ({ ok: false, error })

export async function startSlack(channels: readonly string[]): Promise<FakeSlack> {
  const messages: (SlackMessage & { readonly metadata?: unknown })[] = []
  const whispers: { user: string; channel: string; text: string }[] = []
  const refused: string[] = []
  const calls = new Map<string, number>()
  const failures: { method: string; how: string }[] = []
  const triggers = new Map<string, string>()
  const modals = new Map<string, Modal>()
  let isDown = false
  let clock = Math.floor(Date.now() / 1_000)

  const methods: Readonly<Record<string, (form: Form) => Reply>> = {
    'chat.postMessage'(form) {
      const { channel = '', text = '', thread_ts: thread } = form
      if (!channels.includes(channel)) return no('channel_not_found')
      const blocks = readBlocks(form)
      if (typeof blocks === 'string') return no(blocks)
      if (text === '' && blocks.length === 0) return no('no_text')
      if (text.length > 40_000) return no('msg_too_long')
      if (thread !== undefined && !messages.some((one) => one.ts === thread && one.channel === channel))
        return no('thread_not_found')
      const ts = `${(clock += 1)}.${String(messages.length).padStart(6, '0')}`
      messages.push({
        ts,
        channel,
        text,
        blocks,
        broadcast: form['reply_broadcast'] === 'true',
        edits: 0,
        ...(thread === undefined ? {} : { thread }),
        ...(form['metadata'] ? { metadata: JSON.parse(form['metadata']) as unknown } : {}),
      })
      return { ok: true, channel, ts }
    },
    'chat.update'(form) {
      const { channel = '', ts = '', text = '' } = form
      const index = messages.findIndex((one) => one.ts === ts && one.channel === channel)
      const known = messages[index]
      if (!known) return no('message_not_found')
      const blocks = readBlocks(form)
      if (typeof blocks === 'string') return no(blocks)
      messages[index] = { ...known, text, blocks, edits: known.edits + 1 }
      return { ok: true, channel, ts, text }
    },
    'chat.postEphemeral'({ channel = '', user = '', text = '' }) {
      if (!channels.includes(channel)) return no('channel_not_found')
      if (user === '' || text === '') return no('no_text')
      whispers.push({ user, channel, text })
      return { ok: true, message_ts: String(clock) }
    },
    'views.open'({ trigger_id: trigger = '', view = '' }) {
      const user = triggers.get(trigger)
      if (user === undefined) return no('expired_trigger_id')
      triggers.delete(trigger)
      const modal = JSON.parse(view) as Modal & { type: string; title: { text: string }; blocks: unknown[] }
      if (modal.type !== 'modal' || modal.title.text.length > 24) return no('invalid_arguments')
      if (modal.private_metadata.length > 3_000 || modal.blocks.length > 100) return no('invalid_arguments')
      modals.set(user, { ...modal, user })
      return { ok: true, view: { id: randomUUID() } }
    },
    'conversations.history'({ channel }) {
      return { ok: true, messages: messages.filter((one) => one.channel === channel && !one.thread) }
    },
    'conversations.replies'({ channel, ts }) {
      return {
        ok: true,
        messages: messages.filter((one) => one.channel === channel && (one.thread === ts || one.ts === ts)),
      }
    },
  }

  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const method = (request.url ?? '').replace(/^\/api\//, '')
    if (isDown) return void request.socket.destroy()
    const failure = failures.findIndex((one) => one.method === method)
    const how = failure < 0 ? undefined : failures.splice(failure, 1)[0]?.how
    const answer = (status: number, reply: Reply, headers: Record<string, string> = {}): void => {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(reply))
    }
    calls.set(method, (calls.get(method) ?? 0) + 1)
    if (request.headers.authorization !== `Bearer ${slackSecrets.SLACK_BOT_TOKEN}`)
      return answer(200, no('invalid_auth'))
    if (how === 'rate-limit') return answer(429, no('ratelimited'), { 'retry-after': '1' })
    if (how === 'error') return answer(200, no('internal_error'))
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString('utf8')))
    const reply = methods[method]?.(form) ?? no('unknown_method')
    if (reply['ok'] !== true) refused.push(`${method}: ${String(reply['error'])}`)
    if (how === 'lose-answer') return void request.socket.destroy()
    answer(200, reply)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const send = async (
    api: string,
    payload: unknown,
  ): Promise<{ status: number; again(): Promise<number> }> => {
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
    const post = async () => (await fetch(`${api}/slack/interactions`, signedRequest(body))).status
    return { status: await post(), again: post }
  }

  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    messages,
    whispers,
    refused,
    calls,
    fail: (method, how, times) =>
      void failures.push(...Array.from({ length: times }, () => ({ method, how }))),
    down: (is) => void (isDown = is),
    async press(api, user, message, label) {
      const buttons = buttonsOf(message)
      const button = buttons.find(({ text }) => text.text === label)
      if (!button)
        throw new Error(`no button ${label}, only ${buttons.map(({ text }) => text.text).join(', ')}`)
      const trigger = randomUUID()
      triggers.set(trigger, user)
      return send(api, {
        type: 'block_actions',
        user: { id: user, username: user.toLowerCase() },
        trigger_id: trigger,
        team: { id: 'T0000000001' },
        container: { type: 'message', channel_id: message.channel, message_ts: message.ts },
        channel: { id: message.channel },
        actions: [{ type: 'button', action_id: button.action_id, value: button.value, action_ts: '1.0' }],
        response_url: 'https://hooks.slack.com/actions/nowhere',
      })
    },
    async submit(api, user, comment) {
      const modal = modals.get(user)
      if (!modal) throw new Error(`no modal is open for ${user}`)
      modals.delete(user)
      const { status } = await send(api, {
        type: 'view_submission',
        user: { id: user },
        view: {
          callback_id: modal.callback_id,
          private_metadata: modal.private_metadata,
          state: { values: { comment: { comment: { type: 'plain_text_input', value: comment } } } },
        },
      })
      return status
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The buttons that a message shows now. */
export function buttonsOf(message: SlackMessage): readonly SlackButton[] {
  return message.blocks.flatMap((block) => (block.type === 'actions' ? (block.elements ?? []) : []))
}

/** A request as Slack signs it. */
export function signedRequest(
  body: string,
  {
    secret = slackSecrets.SLACK_SIGNING,
    at = Math.floor(Date.now() / 1_000),
  }: { readonly secret?: string; readonly at?: number } = {},
): RequestInit {
  const signature = createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(at),
      'x-slack-signature': `v0=${signature}`,
    },
  }
}

/** Blocks within Slack's limits, or the error that Slack would give. */
function readBlocks(form: Form): readonly SlackBlock[] | string {
  const blocks = JSON.parse(form['blocks'] ?? '[]') as SlackBlock[]
  if (blocks.length > 50) return 'invalid_blocks'
  const wrong = blocks.some(({ type, text, elements }) => {
    const length = text?.text.length ?? 0
    if (type === 'header') return text?.type !== 'plain_text' || length < 1 || length > 150
    if (type === 'section') return length < 1 || length > 3_000
    if (type === 'context') return !elements || elements.length < 1 || elements.length > 10
    if (type !== 'actions') return true
    const ids = new Set(elements?.map((one) => one.action_id))
    return (
      !elements ||
      elements.length < 1 ||
      elements.length > 25 ||
      ids.size !== elements.length ||
      elements.some((one) => one.text.text.length > 75 || one.value.length > 2_000)
    )
  })
  return wrong ? 'invalid_blocks' : blocks
}
