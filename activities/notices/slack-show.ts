import { nextOfTimeline } from '../../rollout/notices/slack/thread.ts'
import { renderMessage } from '../../rollout/notices/slack/message.ts'
import { fail } from '../failure.ts'
import type { Shown, ShowRollout } from './contract.ts'
import type { NoticeDependencies } from './dependencies.ts'
import { readView } from './read-view.ts'
import { ask, createSlack, slackErrorOf } from './slack-client.ts'
import { post } from './slack-post.ts'

/** Parts of the timeline that one call brings into the thread; the rest comes with the next. */
const mostParts = 3

/**
 * Makes the message of a rollout in one channel as the rollout is now, and its thread as long as the timeline. What is shown
 * is read anew at every attempt, so that an outage of Slack ends with one message, not with a flood.
 */
export async function showRollout(
  { temporal, notify }: NoticeDependencies,
  { rolloutId, channel: name, message, after, ...taken }: ShowRollout,
): Promise<Shown> {
  const channel = notify?.settings.channels[name]?.slack?.channel
  if (!notify || channel === undefined)
    throw fail('Refused', `no Slack channel ${name} is configured any more`)
  const seen = await readView(temporal, rolloutId)
  if (!seen) throw fail('Refused', `Temporal keeps no rollout ${rolloutId} any more`)
  const { view } = seen
  const slack = createSlack(notify)
  const ts = await show(message)
  const upTo = await tell(after)
  return { ts, shows: view.version, after: upTo, complete: (view.timeline.at(-1)?.seq ?? 0) <= upTo }

  async function show(known: string | undefined): Promise<string> {
    const { text, blocks } = renderMessage(view, taken)
    if (known !== undefined) {
      const updated = await ask('chat.update', async () => {
        try {
          await slack.chat.update({ channel: channel ?? '', ts: known, text, blocks: [...blocks] })
          return true
        } catch (error) {
          // Somebody deleted it: then it is posted anew.
          if (slackErrorOf(error) !== 'message_not_found') throw error
          return false
        }
      })
      if (updated) return known
    }
    return post(slack, { channel: channel ?? '', text, blocks, about: rolloutId })
  }

  async function tell(from: number): Promise<number> {
    let upTo = from
    for (let part = 0; part < mostParts; part++) {
      const next = nextOfTimeline(view, upTo)
      if (!next) break
      await post(slack, {
        channel: channel ?? '',
        text: next.text,
        thread: ts,
        about: `${rolloutId}/timeline/${upTo}-${next.upTo}`,
      })
      upTo = next.upTo
    }
    return upTo
  }
}
