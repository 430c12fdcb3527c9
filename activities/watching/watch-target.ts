import type { Verdict } from '../../rollout/view.ts'
import { seeAlarms } from '../../rollout/verdict/alarms-seen.ts'
import { couldNotLook, judgeWatch } from '../../rollout/verdict/judge.ts'
import type { WatchHeartbeat, WatchTarget } from '../contract.ts'
import { poll, type Poll, type Stay } from '../poll.ts'
import { blindSince, iso } from './blindness.ts'
import { type AlarmReaders, decidingAlarms, momentsSince, untilCancelled } from './look-at-alarms.ts'

/** Milliseconds. Further apart than this, beside two looks, something may have turned red and green again unseen. */
const unseen = 3_000

/**
 * Poll without a deadline: ends with Fail when an alarm is in ALARM, or was since the last look when that was long ago
 * because no worker ran, and with Inconclusive when an alarm was deleted or
 * looking failed longer than `patience`. Missing data is not judged here; that is for the end of a bake.
 */
export async function watchTarget(readers: AlarmReaders, input: WatchTarget, stay?: Stay): Promise<Verdict> {
  const { target, rolloutId, pollEvery, patience } = input
  const expected = decidingAlarms(input.alarms)
  const look: Poll<Verdict, WatchHeartbeat>['look'] = async ({ state = {}, now }) => {
    try {
      const readings = await untilCancelled(readers.states(target, rolloutId, expected))
      const seen = { target: target.key, at: iso(now), expected, readings }
      const since = state.looked ?? input.since
      const longAgo = now - since > 2 * pollEvery + unseen
      const alarms = seeAlarms(input.alarms, readings)
      const moments = longAgo ? await momentsSince(readers, input, readings, since) : []
      const verdict = { ...judgeWatch({ ...seen, moments }), alarms }
      if (verdict.result === 'Fail') return { done: true, value: verdict }
      if (verdict.result === 'Pass')
        return { done: false, waitingFor: 'no alarm is in ALARM', state: { looked: now, alarms } }
      if (state.missed) return { done: true, value: { ...verdict, result: 'Inconclusive' } }
      return {
        done: false,
        waitingFor: `${verdict.message}; looking again`,
        state: { missed: true, looked: now, alarms },
      }
    } catch (error) {
      const blind = blindSince(error, state.blind, now)
      if (now - blind.since >= patience) {
        return { done: true, value: couldNotLook(target.key, iso(now), iso(blind.since), blind.error) }
      }
      return { done: false, waitingFor: `could not look: ${blind.error}`, state: { ...state, blind } }
    }
  }
  return poll<Verdict, WatchHeartbeat>({
    every: pollEvery,
    stay,
    look: async (seen) => {
      const found = await look(seen)
      if (found.done) return found
      // An attempt that nobody took for long has an old idea of now: the next one knows the gap, and reads its history.
      const late = Date.now() - seen.now > unseen
      return { ...found, news: late || shown(found.state) !== shown(seen.state) }
    },
  })
}

/** What people see of it, in the API's answers about alarms. */
function shown({ alarms, missed, blind }: WatchHeartbeat = {}): string {
  return JSON.stringify([alarms, missed, blind?.error])
}
