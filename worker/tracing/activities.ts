import { context, ROOT_CONTEXT, trace, type SpanOptions, type Tracer } from '@opentelemetry/api'
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { errorType } from '../../workflows/trace/spans.ts'
import { readTraceHeader, type TraceParent } from '../../workflows/trace/traceparent.ts'
import { below, markFailed, toSpanContext } from './context.ts'

/** So many attempts of one activity stand in the trace of its rollout. */
const ATTEMPTS_INSIDE = 10

/**
 * A span for every attempt of an activity whose rollout is traced. A wait is an activity that is attempted once a minute,
 * for days: later attempts are traces of their own, with a link, so that the trace of a rollout stays one that can be read.
 */
export function traceActivities(tracer: Tracer): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      async execute(input, next) {
        const parent = readTraceHeader(input.headers)
        if (!parent) return next(input)
        const { activityType, activityId, attempt, workflowExecution } = info
        const attributes = {
          temporalActivityId: activityId,
          temporalWorkflowId: workflowExecution?.workflowId,
          run_id: workflowExecution?.runId,
          'sluice.attempt': attempt,
        }
        const [options, above] = placeOf(parent, attempt)
        const span = tracer.startSpan(`RunActivity:${activityType}`, { ...options, attributes }, above)
        try {
          return await context.with(trace.setSpan(above, span), () => next(input))
        } catch (error) {
          if (isTrouble(error)) markFailed(span, errorType(error))
          else span.setAttribute('sluice.ended', error instanceof CancelledFailure ? 'cancelled' : 'not yet')
          throw error
        } finally {
          span.end()
        }
      },
    },
  })
}

/** What is not sampled stays so: as a trace of its own it would be drawn for anew. */
function placeOf(parent: TraceParent, attempt: number) {
  return attempt > ATTEMPTS_INSIDE && parent.sampled
    ? ([{ links: [{ context: toSpanContext(parent) }] } satisfies SpanOptions, ROOT_CONTEXT] as const)
    : ([{}, below(parent)] as const)
}

/** Neither the poll that has to look again nor the wait that is not needed any more. */
function isTrouble(error: unknown): boolean {
  if (error instanceof CancelledFailure) return false
  return !(error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN)
}
