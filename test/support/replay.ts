import type { temporal } from '@temporalio/proto'
import { Worker } from '@temporalio/worker'
import { withTraceHeader } from '../../workflows/trace/traceparent.ts'
import { noSpans } from '../../worker/tracing/start.ts'

type History = temporal.api.history.v1.IHistory

/** @throws DeterminismViolationError when these workflows would have done something else */
export function replay(bundle: string, history: History, id?: string): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle: { code: bundle }, sinks: noSpans }, history, id)
}

/** The same history, as if whoever started the workflow had traced it, or had not. */
export function retrace(history: History, traced: boolean): History {
  const [first, ...rest] = history.events ?? []
  const started = first?.workflowExecutionStartedEventAttributes
  if (!first || !started) throw new Error('a history begins with a start')
  const parent = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true }
  const header = { fields: traced ? withTraceHeader({}, parent) : {} }
  return {
    events: [{ ...first, workflowExecutionStartedEventAttributes: { ...started, header } }, ...rest],
  }
}
