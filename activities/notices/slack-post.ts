import { Context } from '@temporalio/activity'
import type { WebClient } from '@slack/web-api'
import type { KnownBlock } from '@slack/web-api'
import { ask } from './slack-client.ts'

/** One message to be posted once. */
export interface Post {
  readonly channel: string
  readonly text: string
  readonly blocks?: readonly KnownBlock[]
  /** The message under which it stands. */
  readonly thread?: string
  /** Also shown in the channel. */
  readonly broadcast?: boolean
  /** What it is about, kept in the message's metadata: the same for the same message. */
  readonly about: string
}

const eventType = 'sluice_message'

/**
 * Posts a message. Slack has no idempotency key: after a failed attempt, whose answer may only have been lost, the channel
 * is searched for the message first.
 */
export async function post(slack: WebClient, message: Post): Promise<string> {
  const { channel, text, blocks = [], thread, broadcast = false, about } = message
  const again = Context.current().info.attempt > 1
  const known = again ? await find(slack, message) : undefined
  if (known !== undefined) return known
  const common = {
    channel,
    text,
    unfurl_links: false,
    unfurl_media: false,
    metadata: { event_type: eventType, event_payload: { about } },
  }
  const { ts } = await ask('chat.postMessage', () => {
    if (thread === undefined) return slack.chat.postMessage({ ...common, blocks: [...blocks] })
    const reply = { ...common, thread_ts: thread }
    return slack.chat.postMessage(broadcast ? { ...reply, reply_broadcast: true } : reply)
  })
  return ts ?? ''
}

/** Undefined also when the app may not read the channel: then a message may come twice. */
async function find(slack: WebClient, { channel, thread, about }: Post): Promise<string | undefined> {
  const wanted = { channel, limit: 100, include_all_metadata: true }
  const found = await (
    thread === undefined
      ? slack.conversations.history(wanted)
      : slack.conversations.replies({ ...wanted, ts: thread })
  ).catch(() => ({ messages: [] }))
  const message = found.messages?.find(
    ({ metadata }) =>
      metadata?.event_type === eventType &&
      (metadata.event_payload as { about?: unknown } | undefined)?.about === about,
  )
  return message?.ts
}
