import type { Notice, NoticeEvent } from '../types.ts'
import type { RolloutView } from '../../view.ts'
import { clip, escape, limits, moment } from './text.ts'

/**
 * What a channel is told of beside the message itself: an edit notifies nobody, so these are said once more in the thread
 * and shown in the channel. The start is the message, and steps are in it.
 */
export const broadcast: readonly NoticeEvent[] = [
  'waiting-for-approval',
  'alarm',
  'succeeded',
  'rolled-back',
  'failed',
  'needs-human',
]

/**
 * The next part of the timeline for the thread: entries after `after` that fit one message, and where it goes on.
 * Null when there is nothing new.
 */
export function nextOfTimeline(
  { timeline }: Pick<RolloutView, 'timeline'>,
  after: number,
): { readonly text: string; readonly upTo: number } | null {
  const lines: string[] = []
  let upTo = after
  let room: number = limits.thread
  for (const { seq, at, text } of timeline) {
    if (seq <= after) continue
    const line = `${moment(at)} ${escape(clip(text, 500))}`
    if (line.length + 1 > room && lines.length > 0) break
    lines.push(line)
    room -= line.length + 1
    upTo = seq
  }
  return lines.length === 0 ? null : { text: lines.join('\n'), upTo }
}

/** A notice as a reply that the whole channel sees. */
export function renderReply({ event, text, instructions }: Notice): string {
  const mark = marks[event]
  const commands = instructions?.length
    ? `\n\`\`\`${escape(instructions.join('\n').replaceAll('```', "'''"))}\`\`\``
    : ''
  return clip(`${mark} ${escape(text)}${commands}`, limits.thread)
}

const marks: Readonly<Record<NoticeEvent, string>> = {
  started: ':rocket:',
  'waiting-for-approval': ':raised_hand:',
  'step-done': ':white_check_mark:',
  alarm: ':rotating_light:',
  succeeded: ':tada:',
  'rolled-back': ':leftwards_arrow_with_hook:',
  failed: ':x:',
  'needs-human': ':sos:',
}
