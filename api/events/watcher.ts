import type { RolloutAnswer } from '../answers.ts'
import type { Look } from '../temporal/read-rollout.ts'

/** What a watcher tells its listeners. Every listener hears the last of each kind first. */
export type Notice =
  | { readonly kind: 'answer'; readonly answer: RolloutAnswer }
  /** Looking failed; it goes on. */
  | { readonly kind: 'trouble'; readonly error: unknown }

type Listener = (notice: Notice) => void

interface Watch {
  readonly listeners: Set<Listener>
  timer: NodeJS.Timeout | undefined
  last: Notice | undefined
  /** The last look that told something. */
  look: Look | undefined
  /** Looks since something was new. */
  quiet: number
}

/** One poll of a rollout's state serves everybody who looks at it; nobody looking, nothing polled. */
export interface Watchers {
  watch(id: string, listener: Listener): () => void
  /** Rollouts that are polled now. */
  size(): number
  close(): void
}

export interface WatchersOptions {
  /** Looks once; `before` is the look before, if there was one. */
  readonly look: (id: string, before?: Look) => Promise<Look>
  /** Milliseconds between looks while things change. */
  readonly every?: number
  /** Milliseconds between looks at most, however long nothing changes. */
  readonly atMost?: number
}

export function createWatchers({ look: lookOnce, every = 300, atMost = 600 }: WatchersOptions): Watchers {
  const watches = new Map<string, Watch>()

  const look = async (id: string, watch: Watch): Promise<void> => {
    const notice = await lookOnce(id, watch.look).then(
      (found): Notice => {
        watch.look = found
        return { kind: 'answer', answer: found.answer }
      },
      (error: unknown): Notice => ({ kind: 'trouble', error }),
    )
    if (watches.get(id) !== watch) return
    watch.quiet = notice.kind === 'answer' && isNews(notice, watch.last) ? 0 : watch.quiet + 1
    watch.last = notice
    for (const listener of [...watch.listeners]) listener(notice)
    if (watches.get(id) !== watch) return
    if (notice.kind === 'answer' && notice.answer.execution !== 'running') return
    watch.timer = setTimeout(() => void look(id, watch), pause(watch.quiet, every, atMost))
  }

  return {
    watch(id, listener) {
      const known = watches.get(id)
      const watch: Watch = known ?? {
        listeners: new Set(),
        timer: undefined,
        last: undefined,
        look: undefined,
        quiet: 0,
      }
      watch.listeners.add(listener)
      if (!known) {
        watches.set(id, watch)
        void look(id, watch)
      } else if (watch.last) listener(watch.last)
      return () => {
        watch.listeners.delete(listener)
        if (watch.listeners.size > 0 || watches.get(id) !== watch) return
        clearTimeout(watch.timer)
        watches.delete(id)
      }
    },
    size: () => watches.size,
    close() {
      for (const watch of watches.values()) clearTimeout(watch.timer)
      watches.clear()
    },
  }
}

/** Ten quiet looks at full speed, then half as fast with every further one. */
function pause(quiet: number, every: number, atMost: number): number {
  return Math.min(atMost, every * 2 ** Math.max(0, quiet - 10))
}

function isNews({ answer }: Extract<Notice, { kind: 'answer' }>, last: Notice | undefined): boolean {
  return last?.kind !== 'answer' || fingerprint(answer) !== fingerprint(last.answer)
}

/** Differs whenever listeners have something new to show. */
export function fingerprint(answer: RolloutAnswer): string {
  return answer.stale
    ? `stale ${answer.execution} ${answer.summary}`
    : `${answer.version} ${answer.execution} ${JSON.stringify([answer.progress, answer.retrying, answer.alarms])}`
}
