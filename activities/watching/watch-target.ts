import { Context } from '@temporalio/activity'
import type { PlannedAlarm } from '../../rollout/plan/types.ts'
import type { Verdict } from '../../rollout/view.ts'
import { couldNotLook, judgeWatch } from '../../rollout/verdict/judge.ts'
import type { WatchTarget } from '../contract.ts'
import { type Look, poll } from '../poll.ts'
import type { ReadAlarms } from './alarm-reader.ts'
import { type Blindness, blindSince, iso } from './blindness.ts'

interface Seen {
  readonly blind?: Blindness
  /** The last look missed an alarm; once may be a slip of CloudWatch, twice means that it was deleted. */
  readonly missed?: boolean
}

/** Names of the alarms that decide; what the document ignores is not among them. */
export function decidingAlarms(alarms: readonly PlannedAlarm[]): readonly string[] {
  return alarms.filter((alarm) => !(alarm.kind === 'existing' && alarm.ignored)).map((alarm) => alarm.name)
}

/**
 * Poll without a deadline: ends with Fail when an alarm is in ALARM, and with Inconclusive when an alarm was deleted or
 * looking failed longer than `patience`. Missing data is not judged here; that is for the end of a bake.
 */
export async function watchTarget(read: ReadAlarms, input: WatchTarget): Promise<Verdict> {
  const { target, rolloutId, pollEvery, patience } = input
  const expected = decidingAlarms(input.alarms)
  return poll<Verdict, Seen>({
    every: pollEvery,
    look: async ({ state = {}, now }): Promise<Look<Verdict, Seen>> => {
      try {
        const readings = await untilCancelled(read(target, rolloutId, expected))
        const verdict = judgeWatch({ target: target.key, at: iso(now), expected, readings })
        if (verdict.result === 'Fail') return { done: true, value: verdict }
        if (verdict.result === 'Pass') return { done: false, waitingFor: 'no alarm is in ALARM', state: {} }
        if (state.missed) return { done: true, value: { ...verdict, result: 'Inconclusive' } }
        return { done: false, waitingFor: `${verdict.message}; looking again`, state: { missed: true } }
      } catch (error) {
        const blind = blindSince(error, state.blind, now)
        if (now - blind.since >= patience) {
          return { done: true, value: couldNotLook(target.key, iso(now), iso(blind.since), blind.error) }
        }
        return { done: false, waitingFor: `could not look: ${blind.error}`, state: { ...state, blind } }
      }
    },
  })
}

/** A shared look goes on for others when this activity is cancelled. */
export async function untilCancelled<T>(work: Promise<T>): Promise<T> {
  return Promise.race([work, Context.current().cancelled])
}
