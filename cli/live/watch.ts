import type { RolloutAnswer } from '../../api/answers.ts'
import { exitCodes, exitCodeOf, exitCodeWhenDone } from '../../rollout/outcome.ts'
import type { SluiceClient } from '../client.ts'
import { followRollout, type Happening } from '../follow.ts'
import type { Terminal } from '../terminal.ts'
import { createScreen, type Screen } from './screen.ts'

export interface WatchOptions {
  /** Milliseconds; without it as long as it takes. */
  readonly timeout?: number
  /** Every state as a line of JSON instead of pictures. */
  readonly json?: boolean
  /** Goes on after Promoted, until the rollout has ended. */
  readonly untilEnded?: boolean
  /** Ends the watching from outside. */
  readonly signal?: AbortSignal
}

/** How watching ended; `rollout` is the last state that was seen. */
export interface Watched {
  readonly exitCode: number
  readonly rollout: RolloutAnswer | undefined
}

/**
 * Shows a rollout while it happens: redrawn in place on a terminal, one line a change in a pipe.
 * Ends when it is over, Promoted, or needs a person; by then the exit code is known.
 */
export async function watchRollout(
  client: SluiceClient,
  id: string,
  terminal: Terminal,
  options: WatchOptions = {},
): Promise<Watched> {
  const { timeout, json = false, untilEnded = false, signal } = options
  const timer = timeout === undefined ? undefined : AbortSignal.timeout(timeout)
  const stop = new AbortController()
  const signals = [stop.signal, ...(timer ? [timer] : []), ...(signal ? [signal] : [])]
  const screen = json ? jsonScreen(terminal) : createScreen(terminal)
  let rollout: RolloutAnswer | undefined
  try {
    for await (const happening of followRollout(client, id, AbortSignal.any(signals))) {
      screen.show(happening)
      if (happening.kind === 'state') rollout = happening.rollout
      const exitCode = rollout && exitCodeNow(rollout, happening, untilEnded)
      if (exitCode !== undefined) return { exitCode, rollout }
    }
    return {
      exitCode: timer?.aborted ? exitCodes.timedOut : ((rollout && lastCode(rollout)) ?? exitCodes.fine),
      rollout,
    }
  } finally {
    stop.abort()
    screen.close()
  }
}

/** The timeline of what led there comes before the state, so that nothing is missing when watching stops. */
function exitCodeNow(rollout: RolloutAnswer, happening: Happening, untilEnded: boolean): number | undefined {
  if (happening.kind === 'end') return lastCode(rollout) ?? exitCodes.needsHuman
  if (happening.kind !== 'state' || untilEnded) return undefined
  // An ended rollout closes a moment after it says so: its last entries are still to come.
  return rollout.outcome === undefined ? (exitCodeWhenDone(rollout) ?? undefined) : undefined
}

function lastCode(rollout: RolloutAnswer): number | undefined {
  return rollout.outcome === undefined
    ? (exitCodeWhenDone(rollout) ?? undefined)
    : exitCodeOf(rollout.outcome)
}

function jsonScreen(terminal: Terminal): Screen {
  return {
    show(happening) {
      if (happening.kind === 'state') terminal.json(happening.rollout)
      if (happening.kind === 'trouble') terminal.note(happening.message)
    },
    close() {},
  }
}
