import type { RecordedCall } from './recorded-call.ts'

/** One thing that the script does: a call, or a wait until an endpoint rests. */
export interface Step {
  readonly kind: 'call' | 'wait'
  readonly call: RecordedCall
  readonly start: number
  readonly end: number
  /** Steps that must be over before, by their position: those that were over when the rollout began this one. */
  readonly after: readonly number[]
}

/** Activities that wait for SageMaker by looking again and again. */
const waits = new Set(['awaitEndpoint'])
/** The watch runs beside the way of a rollout, and a script has none. */
const beside = new Set(['watchTarget'])

/**
 * The same calls in the same order, with the same ones beside each other, as steps of a script. Looks at an endpoint that
 * moves are one wait; a refused change is left out, since the one after it succeeded.
 */
export function scriptOf(calls: readonly RecordedCall[]): readonly Step[] {
  const drafts: Omit<Step, 'after'>[] = []
  const waiting = new Map<string, number>()
  for (const call of calls) {
    const { activity, start, end } = call
    if (activity && beside.has(activity.type)) continue
    if (!call.succeeded && !isRead(call.command)) continue
    const known = activity && waiting.get(activity.id)
    if (known !== undefined) {
      const draft = drafts[known]
      if (draft) drafts[known] = { ...draft, end: Math.max(draft.end, end) }
      continue
    }
    const kind = activity && waits.has(activity.type) ? 'wait' : 'call'
    if (activity && kind === 'wait') waiting.set(activity.id, drafts.length)
    drafts.push({ kind, call, start, end })
  }
  return drafts.map((draft, index) => ({
    ...draft,
    after: drafts.slice(0, index).flatMap((other, at) => (other.end <= draft.start ? [at] : [])),
  }))
}

export function isRead(command: string): boolean {
  return /^(Describe|List|Get|Head|Batch)/.test(command)
}

/** How long something of the intervals was under way, milliseconds, apart from what `apart` covers. */
export function covered(intervals: readonly Interval[], apart: readonly Interval[] = []): number {
  return lengthOf([...intervals, ...apart]) - lengthOf(apart)
}

export interface Interval {
  readonly start: number
  readonly end: number
}

function lengthOf(intervals: readonly Interval[]): number {
  let [sum, reached] = [0, -Infinity]
  for (const { start, end } of intervals.toSorted((a, b) => a.start - b.start)) {
    sum += Math.max(0, end - Math.max(start, reached))
    reached = Math.max(reached, end)
  }
  return sum
}
