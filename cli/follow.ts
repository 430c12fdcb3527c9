import { EventSourceParserStream } from 'eventsource-parser/stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RolloutAnswer } from '../api/answers.ts'
import type { TimelineEntry } from '../rollout/view.ts'
import type { SluiceClient } from './client.ts'
import { CliFailure } from './failure.ts'
import { parseAnswer } from './parse-answer.ts'

/** What following a rollout tells. */
export type Happening =
  | { readonly kind: 'timeline'; readonly entry: TimelineEntry }
  | { readonly kind: 'state'; readonly rollout: RolloutAnswer }
  /** The connection or the worker behind it went away or came back; it goes on by itself. */
  | { readonly kind: 'trouble'; readonly message: string }
  | { readonly kind: 'end' }

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 10_000

/**
 * Follows a rollout to its end, over lost connections and restarted servers, without telling anything twice.
 * @throws CliFailure when the server refuses to tell (no such rollout, no access)
 */
export async function* followRollout(
  client: SluiceClient,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Happening, void, undefined> {
  let lastEventId: string | undefined
  let pause = FIRST_PAUSE_MS
  for (;;) {
    try {
      const response = await client.events(id, lastEventId, signal)
      if (response.status === 204 || !response.body) return yield { kind: 'end' }
      const events = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream())
      for await (const { event, data, id: eventId } of events) {
        pause = FIRST_PAUSE_MS
        lastEventId = eventId || lastEventId
        const happening = read(event, parseAnswer(data))
        if (happening) yield happening
        if (happening?.kind === 'end') return
      }
      yield { kind: 'trouble', message: 'the server ended the connection; connecting again' }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof CliFailure && !mayRecover(error)) throw error
      yield {
        kind: 'trouble',
        message: `${error instanceof Error ? error.message : String(error)} Trying again.`,
      }
    }
    await sleep(pause, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
}

function read(event: string | undefined, data: unknown): Happening | undefined {
  switch (event) {
    case 'timeline':
      return { kind: 'timeline', entry: data as TimelineEntry }
    case 'state':
      return { kind: 'state', rollout: data as RolloutAnswer }
    case 'worker':
      return { kind: 'trouble', message: (data as { readonly message: string }).message }
    case 'end':
      return { kind: 'end' }
    default:
      return undefined
  }
}

/** A server that is gone may come back; one that refuses will go on to. */
function mayRecover({ problem }: CliFailure): boolean {
  const status = (problem as { readonly status?: number } | undefined)?.status
  return status === undefined || status >= 500 || status === 429
}
