import proto from '@temporalio/proto'
import type { Stack } from '../../test/support/start-stack.ts'

export type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent
const { History, HistoryEvent: Encoder } = proto.temporal.api.history.v1

/** One workflow's history. */
export interface KeptHistory {
  readonly events: readonly HistoryEvent[]
  readonly bytes: number
  /** Of its largest event, which is mostly one payload. */
  readonly largest: number
}

export async function keptHistory(stack: Stack, workflowId: string): Promise<KeptHistory> {
  const fetched = await stack.client.workflow.getHandle(workflowId).fetchHistory()
  const events = fetched.events ?? []
  const largest = Math.max(...events.map((event) => Encoder.encode(event).finish().length))
  return { events, bytes: History.encode(fetched).finish().length, largest }
}

/** When a rollout entered each phase, from what it told Temporal's visibility; `index`: of the event. */
export function phaseStarts({ events }: KeptHistory): readonly {
  readonly phase: string
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number
  readonly index: number
}[] {
  return events.flatMap((event, index) => {
    const told =
      event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields?.['SluicePhase']
        ?.data
    if (!told) return []
    return [{ phase: JSON.parse(Buffer.from(told).toString()) as string, at: timeOf(event), index }]
  })
}

/** Milliseconds since 1970. */
export function timeOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6
}
