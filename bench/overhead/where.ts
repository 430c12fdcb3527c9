import type proto from '@temporalio/proto'
import { covered, type Interval, type Step } from './script.ts'

type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent

/** What can be under way, the nearest to the work itself first. */
export const kinds = [
  'a call to AWS is under way',
  'an endpoint is waited for',
  'an activity runs its own code',
  'an activity waits to be started, or for its next attempt',
  'a workflow task runs',
  'a workflow task waits to be started',
  'an order or a report is on its way',
  'a lock is taken',
  'a timer runs',
] as const

type Kind = (typeof kinds)[number]
export type Intervals = Readonly<Record<Kind, readonly Interval[]>>

/** These last as long as a lock is held or a target is watched, and nothing waits for them. */
const beside = ['awaitClosed', 'watchTarget']

/** When what was under way, of the recorded calls and the histories of a rollout and its endpoints; epoch milliseconds. */
export function intervalsOf(
  steps: readonly Step[],
  histories: readonly (readonly HistoryEvent[])[],
): Intervals {
  const found: Record<Kind, Interval[]> = {
    'a call to AWS is under way': steps.filter(({ kind }) => kind === 'call'),
    'an endpoint is waited for': steps.filter(({ kind }) => kind === 'wait'),
    'an activity runs its own code': [],
    'an activity waits to be started, or for its next attempt': [],
    'a workflow task runs': [],
    'a workflow task waits to be started': [],
    'an order or a report is on its way': [],
    'a lock is taken': [],
    'a timer runs': [],
  }
  for (const events of histories) {
    const at = (id: unknown): HistoryEvent | undefined => events[Number(id) - 1]
    const note = (kind: Kind, from: HistoryEvent | undefined, to: HistoryEvent): void => {
      if (from) found[kind].push({ start: timeOf(from), end: timeOf(to) })
    }
    for (const event of events) {
      const started = event.activityTaskStartedEventAttributes
      const ended = event.activityTaskCompletedEventAttributes
      const scheduled = at((started ?? ended)?.scheduledEventId)
      const type = scheduled?.activityTaskScheduledEventAttributes?.activityType?.name ?? ''
      if (started && !beside.includes(type))
        note('an activity waits to be started, or for its next attempt', scheduled, event)
      if (ended && !beside.includes(type))
        note('an activity runs its own code', at(ended.startedEventId), event)
      const task = event.workflowTaskCompletedEventAttributes
      if (task) note('a workflow task runs', at(task.startedEventId), event)
      const begun = event.workflowTaskStartedEventAttributes
      if (begun) note('a workflow task waits to be started', at(begun.scheduledEventId), event)
      const sent = event.externalWorkflowExecutionSignaledEventAttributes
      if (sent) note('an order or a report is on its way', at(sent.initiatedEventId), event)
      const child = event.childWorkflowExecutionStartedEventAttributes
      if (child) note('a lock is taken', at(child.initiatedEventId), event)
      const fired = event.timerFiredEventAttributes
      if (fired) note('a timer runs', at(fired.startedEventId), event)
    }
  }
  return found
}

/** How long each was under way and nothing before it in the list, milliseconds. */
export function timeBy(intervals: Intervals): Readonly<Record<Kind, number>> {
  const before: Interval[] = []
  const times = kinds.map((kind) => {
    const time = covered(intervals[kind], before)
    before.push(...intervals[kind])
    return [kind, time]
  })
  return Object.fromEntries(times) as Record<Kind, number>
}

function timeOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6
}
