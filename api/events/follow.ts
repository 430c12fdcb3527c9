import type { RolloutAnswer } from '../answers.ts'
import type { TimelineEntry } from '../../rollout/view.ts'
import type { ServerSentEvent } from './server-sent.ts'
import { fingerprint, type Notice } from './watcher.ts'

/**
 * What one client still has to be told, as a fold over the notices. Events: `timeline` (id = its seq), `state` (the whole
 * rollout, whenever it changed), `worker` (`{ answers }`, when that changed), and `end`, after which there is nothing more.
 */
export interface Follower {
  take(notice: Notice): readonly ServerSentEvent[]
}

const END = 'end'

/** The seq after which a client goes on, or `end` if it has had everything. Anything else counts as nothing had. */
export function readLastEventId(header: string | undefined): number | 'end' {
  if (header === END) return END
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : 0
}

/**
 * @param after seq of the last timeline entry that the client has
 * @param present what this client is shown of a rollout
 */
export function createFollower(
  after: number,
  present: (answer: RolloutAnswer) => RolloutAnswer = (answer) => answer,
): Follower {
  let seq = after
  let shown: string | undefined
  let answers = true

  const worker = (now: boolean, message: string): readonly ServerSentEvent[] => {
    if (now === answers) return []
    answers = now
    return [{ event: 'worker', data: { answers: now, message } }]
  }
  const timeline = (entries: readonly TimelineEntry[]): readonly ServerSentEvent[] => {
    const fresh = entries.filter((entry) => entry.seq > seq)
    seq = fresh.at(-1)?.seq ?? seq
    return fresh.map((entry) => ({ event: 'timeline', data: entry, id: String(entry.seq) }))
  }
  const state = (answer: RolloutAnswer): readonly ServerSentEvent[] => {
    const now = fingerprint(answer)
    if (now === shown) return []
    shown = now
    return [{ event: 'state', data: present(answer) }]
  }

  return {
    take(notice) {
      if (notice.kind === 'trouble') return worker(false, 'Temporal does not answer; looking again.')
      const { answer } = notice
      const events = answer.stale
        ? [...worker(false, answer.staleBecause), ...state(answer)]
        : [...worker(true, 'A worker answers again.'), ...timeline(answer.timeline), ...state(answer)]
      if (answer.execution === 'running') return events
      const { id, phase, outcome, execution } = answer
      return [...events, { event: 'end', data: { id, phase, outcome, execution }, id: END }]
    },
  }
}
