import { Context } from '@temporalio/activity'
import { setMaxListeners } from 'node:events'
import type { Place } from '../../rollout/target.ts'
import { isExpired } from './predicates.ts'
import { toFailure } from './errors.ts'

/** What a guarded client knows about its calls. */
export interface Guard {
  readonly service: string
  readonly place: Place
  readonly clockRate: number
  /** Called when AWS says that the session is over. */
  onExpired(): void
}

/** How long a refusal may be a new permission or name that is not known everywhere yet. */
const SETTLING_MS = 150_000
const LONGEST_CALL_MS = 60_000

interface Sends {
  send(command: unknown, options?: unknown): Promise<unknown>
}

/**
 * Makes `client.send` what every activity needs, so that no caller can forget it: it ends with the activity (cancellation
 * signal, and a request timeout below the activity's own), and throws only failures of the closed list. The SDK's error
 * stays behind the failure as its cause, where the predicates find it. Paginators of the SDK work with it too.
 */
export function guard<C extends object>(client: C, settings: Guard): C {
  const sends = client as unknown as Sends
  const send = sends.send.bind(client)
  sends.send = async (command, options = {}) => {
    const running = currentActivity()
    try {
      return await send(command, { ...running?.options, ...(options as object) })
    } catch (error) {
      if (isExpired(error)) settings.onExpired()
      throw toFailure(error, {
        service: settings.service,
        operation: operationOf(command),
        place: settings.place,
        clockRate: settings.clockRate,
        attempt: running?.attempt,
        settling: running !== undefined && running.age < SETTLING_MS / settings.clockRate,
      })
    }
  }
  return client
}

function operationOf(command: unknown): string {
  const name = (command as object | undefined)?.constructor.name ?? ''
  return name.replace(/Command$/, '')
}

/** When this process saw an attempt first, by its monotonic clock. */
const seen = new WeakMap<Context, number>()

/** How long an activity has been tried: by the server's clock and a monotonic one, because this machine's may be set. */
function ageOf(context: Context): number {
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = context.info
  const now = performance.now()
  const first = seen.get(context) ?? now
  seen.set(context, first)
  return currentAttemptScheduledTimestampMs - scheduledTimestampMs + now - first
}

/** The running activity as far as a call must know it; undefined outside of one. */
function currentActivity() {
  let context: Context
  try {
    context = Context.current()
  } catch {
    return undefined
  }
  // Many calls of one activity listen to one signal at a time, and that is no leak.
  setMaxListeners(0, context.cancellationSignal)
  const { attempt, startToCloseTimeoutMs } = context.info
  return {
    attempt,
    age: ageOf(context),
    options: {
      abortSignal: context.cancellationSignal,
      // Both of the SDK's attempts fit into the activity's own time.
      requestTimeout: Math.min(LONGEST_CALL_MS, startToCloseTimeoutMs * 0.4),
    },
  }
}
