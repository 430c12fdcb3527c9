import { Context } from '@temporalio/activity'
import { fail } from '../failure.ts'
import type { DeliverNotice } from './contract.ts'
import type { NoticeDependencies } from './dependencies.ts'
import { postWebhook } from './webhook.ts'

/** Sends one notice to one channel, by what the configuration of this moment says about it. */
export async function deliverNotice(
  { notify }: NoticeDependencies,
  { notice, channel: name }: DeliverNotice,
): Promise<{ readonly attempts: number }> {
  const channel = notify?.settings.channels[name]
  if (!notify || !channel) throw fail('Refused', `no channel ${name} is configured any more`)
  if (channel.webhook) {
    const { url, secretFrom } = channel.webhook
    await postWebhook(notice, { url, secret: notify.secret(secretFrom) })
  }
  return { attempts: Context.current().info.attempt }
}
