import type { Verdict } from '../view.ts'
import type { AlarmReading } from './alarm-evidence.ts'
import { describeAlarm } from './alarm-evidence.ts'

/** What was read when one target was looked at. */
export interface Look {
  readonly target: string
  /** ISO time of the look. */
  readonly at: string
  /** Names of all alarms that must be seen; ignored ones are not among them. */
  readonly expected: readonly string[]
  readonly readings: readonly AlarmReading[]
  /** Moments since the last look at which an alarm turned red, out of its history; it may be green again. */
  readonly moments?: readonly AlarmReading[]
}

/** A look at the end of a bake: also what the candidate served meanwhile. */
export interface BakeLook extends Look {
  /** Sum of the candidate's Invocations over the bake; null if it could not be read. */
  readonly invocations: number | null
  readonly minInvocations: number
  readonly whenInsufficientData: 'wait' | 'pass' | 'fail'
}

/**
 * Watching without a bake: an alarm that is in ALARM, or was since the last look, fails, an alarm that is gone is an Error (we are blind), all else passes.
 * Missing data alone never fails here; a bake judges it.
 */
export function judgeWatch(look: Look): Verdict {
  const { target, at } = look
  const red = redAlarms(look).toSorted(
    (a, b) => (a.since ?? '').localeCompare(b.since ?? '') || a.name.localeCompare(b.name),
  )
  const first = red[0]
  if (first) {
    const evidence = describeAlarm(first)
    const others =
      red.length > 1
        ? `; also ${red
            .slice(1)
            .map((reading) => reading.name)
            .join(', ')}`
        : ''
    return { result: 'Fail', target, at, message: evidence.text + others, cause: evidence.cause }
  }
  const seen = new Set(look.readings.map((reading) => reading.name))
  const gone = look.expected.filter((name) => !seen.has(name))
  if (gone.length > 0) {
    const error = `alarm ${gone.join(', ')} does not exist any more`
    return {
      result: 'Error',
      target,
      at,
      message: error,
      cause: { kind: 'could-not-look', error, since: at },
    }
  }
  return { result: 'Pass', target, at, message: 'no alarm is in ALARM', cause: { kind: 'none' } }
}

/** Each alarm once: as it is now when it is red now, else as it was when it first turned red. */
function redAlarms({ expected, readings, moments = [] }: Look): readonly AlarmReading[] {
  const red = new Map<string, AlarmReading>()
  for (const reading of [...readings, ...moments]) {
    if (reading.state !== 'ALARM' || !expected.includes(reading.name) || red.has(reading.name)) continue
    red.set(reading.name, reading)
  }
  return [...red.values()]
}

/**
 * The end of a bake. Fail beats Error beats Inconclusive beats Pass: no data, too little traffic or not being able to look
 * is never a Pass, except where the document says `whenInsufficientData: pass` about alarms without data.
 */
export function judgeBake(look: BakeLook): Verdict {
  const { target, at } = look
  const watched = judgeWatch(look)
  if (watched.result !== 'Pass') return watched
  const blind = look.readings
    .filter((reading) => look.expected.includes(reading.name) && reading.state === 'INSUFFICIENT_DATA')
    .map((reading) => reading.name)
  if (blind.length > 0 && look.whenInsufficientData !== 'pass') {
    return {
      result: look.whenInsufficientData === 'fail' ? 'Fail' : 'Inconclusive',
      target,
      at,
      message: `alarm ${blind.join(', ')} has not enough data`,
      cause: { kind: 'insufficient-data', alarms: blind },
    }
  }
  if (look.invocations === null && look.minInvocations > 0) {
    const error = 'the invocations of the candidate could not be read'
    return {
      result: 'Error',
      target,
      at,
      message: error,
      cause: { kind: 'could-not-look', error, since: at },
    }
  }
  const invocations = look.invocations ?? 0
  const cause = { kind: 'traffic', invocations, minimum: look.minInvocations } as const
  if (invocations < look.minInvocations) {
    return {
      result: 'Inconclusive',
      target,
      at,
      message: `the candidate served ${invocations} requests; fewer than ${look.minInvocations} prove nothing`,
      cause,
    }
  }
  return {
    result: 'Pass',
    target,
    at,
    message:
      look.expected.length > 0
        ? `no alarm is in ALARM, and the candidate served ${invocations} requests`
        : `the candidate served ${invocations} requests; no alarm is watched`,
    cause,
  }
}

/** Whether more waiting could turn a verdict into another one. */
export function mayStillChange(verdict: Verdict): boolean {
  return verdict.result === 'Inconclusive' || verdict.result === 'Error'
}

/** Looking failed until patience ran out: Inconclusive, so that a person decides. */
export function couldNotLook(target: string, at: string, since: string, error: string): Verdict {
  return {
    result: 'Inconclusive',
    target,
    at,
    message: `could not look since ${since}: ${error}`,
    cause: { kind: 'could-not-look', error, since },
  }
}

/** The endpoint is not as the rollout left it while the candidate takes traffic. */
export function endpointChanged(target: string, at: string, found: string): Verdict {
  return {
    result: 'Fail',
    target,
    at,
    message: `the endpoint is not as asked: ${found}`,
    cause: { kind: 'endpoint', found },
  }
}
