import { Context } from '@temporalio/activity'
import { renderReply } from '../../rollout/notices/slack/thread.ts'
import { fail } from '../failure.ts'
import type { DeliverNotice } from './contract.ts'
import type { NoticeDependencies } from './dependencies.ts'
import { publishNotice } from './publish.ts'
import { createSlack } from './slack-client.ts'
import { post } from './slack-post.ts'
import { postWebhook } from './webhook.ts'

/** Sends one notice to one channel, by what the configuration of this moment says about it. */
export async function deliverNotice(
  { aws, notify }: NoticeDependencies,
  { notice, channel: name, thread }: DeliverNotice,
): Promise<{ readonly attempts: number }> {
  const channel = notify?.settings.channels[name]
  if (!notify || !channel) throw fail('Refused', `no channel ${name} is configured any more`)
  if (channel.webhook) {
    const { url, secretFrom } = channel.webhook
    await postWebhook(notice, { url, secret: notify.secret(secretFrom) })
  }
  if (channel.sns) await publishNotice(aws, notice, channel.sns)
  if (channel.slack) {
    await post(createSlack(notify), {
      channel: channel.slack.channel,
      text: renderReply(notice),
      about: notice.id,
      ...(thread === undefined ? {} : { thread, broadcast: true }),
    })
  }
  return { attempts: Context.current().info.attempt }
}
