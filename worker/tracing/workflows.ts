import type { Tracer } from '@opentelemetry/api'
import type { InjectedSinks } from '@temporalio/worker'
import type { TraceSinks } from '../../workflows/trace/spans.ts'
import type { ChosenIds } from './chosen-ids.ts'
import { below, markFailed, toSpanContext } from './context.ts'

/** Records the spans that workflows hand over, complete; never during a replay. */
export function recordSpans(tracer: Tracer, ids: ChosenIds): InjectedSinks<TraceSinks> {
  return {
    trace: {
      span: {
        fn({ workflowId, runId }, { name, parent, spanId, from, to, error, link, attributes }) {
          const options = {
            startTime: from,
            attributes: { temporalWorkflowId: workflowId, run_id: runId, ...attributes },
            links: link ? [{ context: toSpanContext(link) }] : [],
          }
          const span = ids.during(spanId, () => tracer.startSpan(name, options, below(parent)))
          if (error !== undefined) markFailed(span, error)
          span.end(to)
        },
      },
    },
  }
}
