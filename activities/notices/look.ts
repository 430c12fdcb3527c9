import { detect } from '../../rollout/notices/detect.ts'
import { channelsFor, showsIn } from '../../rollout/notices/routes.ts'
import type { NotifySettings } from '../../rollout/notices/settings.ts'
import { broadcast } from '../../rollout/notices/slack/thread.ts'
import type { Notice } from '../../rollout/notices/types.ts'
import type { Destination, Look, LookAtRollout } from './contract.ts'
import type { NoticeDependencies } from './dependencies.ts'
import { readView } from './read-view.ts'

/** A lost call of the rollout is made up for after so long; real milliseconds at a clock rate of 1. */
const fallback = 10 * 60_000
const closing = 30_000

/** Reads the rollout's own state and says what is new since the last look, and where it goes. */
export async function lookAtRollout(
  { temporal, clockRate, notify }: NoticeDependencies,
  { rolloutId, memory, acknowledged }: LookAtRollout,
): Promise<Look> {
  const now = Date.now()
  const scaled = (duration: number): number => Math.max(1_000, Math.ceil(duration / clockRate))
  const nothing = { memory, news: [], shownIn: [], version: 0, clockRate, lookAt: now + scaled(fallback) }
  if (!notify) return { ...nothing, over: true }
  const seen = await readView(temporal, rolloutId)
  if (!seen) return { ...nothing, over: true }
  const { settings } = notify
  const {
    notices,
    memory: after,
    remindAt,
  } = detect(seen.view, memory, {
    now,
    acknowledged,
    reminders: {
      approval: scaled(settings.reminders.approval),
      needsHuman: scaled(settings.reminders.needsHuman),
    },
  })
  return {
    ...nothing,
    memory: after,
    news: notices.map((notice) => ({ notice, to: destinations(settings, notice) })),
    shownIn: Object.keys(settings.channels).filter(
      (name) =>
        settings.channels[name]?.slack &&
        // What needs a person goes to every channel, so it needs a message there.
        (after.trouble !== undefined || showsIn(settings, seen.view.name).includes(name)),
    ),
    version: seen.view.version,
    over: seen.closed,
    lookAt: Math.min(
      nothing.lookAt,
      remindAt ?? Infinity,
      // It has said how it ended, and will be closed in a moment.
      seen.view.outcome !== undefined && !seen.closed ? now + scaled(closing) : Infinity,
    ),
  }
}

/** Channels of a notice; in Slack only for what the message itself does not say loudly enough. */
function destinations(settings: NotifySettings, { event, rollout }: Notice): readonly Destination[] {
  return channelsFor(settings, rollout.name, event).flatMap((channel) => {
    const inThread = settings.channels[channel]?.slack !== undefined
    return inThread && !broadcast.includes(event) ? [] : [{ channel, inThread }]
  })
}
