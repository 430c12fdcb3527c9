import type { RolloutLine } from '../answers.ts'
import type { ServerSentEvent } from './server-sent.ts'

/**
 * One poll of the list serves everybody who looks at it; nobody looking, nothing polled. Events: `ready` (from here on every
 * change is told, so that a page may load now and miss nothing), `changed` (`{ rollouts }`, lines that are new or other
 * than before) and `temporal` (`{ answers, message }`, when that changed).
 */
export interface ListWatcher {
  watch(listener: (event: ServerSentEvent) => void): () => void
  listeners(): number
  close(): void
}

export interface ListWatcherOptions {
  /** Every rollout that may still change, and those that ended last. */
  readonly look: () => Promise<readonly RolloutLine[]>
  /** Milliseconds between looks. */
  readonly every?: number
}

export function createListWatcher({ look, every = 500 }: ListWatcherOptions): ListWatcher {
  const listeners = new Set<(event: ServerSentEvent) => void>()
  let known: ReadonlyMap<string, string> | undefined
  let answers = true
  let timer: NodeJS.Timeout | undefined
  /** Counts up whenever nobody listens any more, so that a look that is under way then is forgotten. */
  let round = 0

  const tell = (event: ServerSentEvent): void => {
    for (const listener of [...listeners]) listener(event)
  }
  const heard = (now: boolean): void => {
    if (now === answers) return
    answers = now
    const message = now ? 'Temporal answers again.' : 'Temporal does not answer; looking again.'
    tell({ event: 'temporal', data: { answers: now, message } })
  }
  const take = (lines: readonly RolloutLine[]): void => {
    const before = known
    known = new Map(lines.map((line) => [line.id, JSON.stringify(line)]))
    heard(true)
    if (!before) return tell({ event: 'ready', data: {} })
    const rollouts = lines.filter((line) => before.get(line.id) !== known?.get(line.id))
    if (rollouts.length > 0) tell({ event: 'changed', data: { rollouts } })
  }
  const poll = async (mine: number): Promise<void> => {
    const began = Date.now()
    const lines = await look().catch(() => undefined)
    if (mine !== round) return
    if (lines) take(lines)
    else heard(false)
    // A look that takes long must not keep Temporal busy all the time.
    timer = setTimeout(() => void poll(mine), Math.max(every, 2 * (Date.now() - began)))
  }
  const stop = (): void => {
    clearTimeout(timer)
    round += 1
    known = undefined
    answers = true
  }

  return {
    watch(listener) {
      listeners.add(listener)
      if (listeners.size === 1) void poll(round)
      else if (known) listener({ event: 'ready', data: {} })
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) stop()
      }
    },
    listeners: () => listeners.size,
    close() {
      listeners.clear()
      stop()
    },
  }
}
