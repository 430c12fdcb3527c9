import { freezesAt } from '../rollout/calendar/occurrences.ts'
import type { FreezeTime } from '../rollout/calendar/types.ts'
import type { Activities, FreezeQuestion } from './contract.ts'
import type { Dependencies } from './dependencies.ts'
import { poll } from './poll.ts'

/** How often the calendar file is looked at while a rollout waits for the end of a freeze: it may be edited meanwhile. */
const LOOK_EVERY_MS = 60_000

/** Whether a model is frozen now, and the wait until it is not. */
export function createFreezeActivities({
  calendar,
  clockRate,
}: Pick<Dependencies, 'calendar' | 'clockRate'>): Pick<Activities, 'readFreezes' | 'awaitThaw'> {
  const holding = ({ model, own, broken }: FreezeQuestion, at: number): readonly FreezeTime[] =>
    freezesAt([...calendar.freezes(), ...own], model, at).filter(
      (freeze) => !broken.some((one) => one.name === freeze.name && one.until === freeze.until),
    )
  return {
    readFreezes: (question) => Promise.resolve(holding(question, Date.now())),
    awaitThaw: (question) =>
      poll({
        every: LOOK_EVERY_MS / clockRate,
        look({ now }) {
          const freezes = holding(question, now)
          if (freezes.length === 0) return Promise.resolve({ done: true, value: undefined })
          const ends = Math.max(...freezes.map(({ until }) => Date.parse(until)))
          return Promise.resolve({
            done: false,
            waitingFor: `the end of freeze ${freezes.map(({ name, until }) => `“${name}” at ${until}`).join(', ')}`,
            after: Math.min(LOOK_EVERY_MS / clockRate, Math.max(1, ends - now)),
          })
        },
      }),
  }
}
