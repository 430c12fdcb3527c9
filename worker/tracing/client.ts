import { context, SpanKind, trace, type Span, type Tracer } from '@opentelemetry/api'
import type { WorkflowClientInterceptor } from '@temporalio/client'
import type { Headers } from '@temporalio/common'
import { errorType } from '../../workflows/trace/spans.ts'
import { withTraceHeader } from '../../workflows/trace/traceparent.ts'
import { markFailed, toTraceParent } from './context.ts'

type Call = { readonly name: string; readonly workflowId: string }

/**
 * A span for what is asked of a workflow within a span, and the trace in what it starts or changes. What nobody asked for
 * (the looks behind event streams) is left out.
 */
export function traceClient(tracer: Tracer): WorkflowClientInterceptor {
  const within = async <T>(
    { name, workflowId }: Call,
    ask: (span: Span | undefined) => Promise<T>,
  ): Promise<T> => {
    if (!trace.getActiveSpan()) return ask(undefined)
    const span = tracer.startSpan(name, {
      kind: SpanKind.CLIENT,
      attributes: { temporalWorkflowId: workflowId },
    })
    try {
      return await context.with(trace.setSpan(context.active(), span), () => ask(span))
    } catch (error) {
      markFailed(span, errorType(error))
      throw error
    } finally {
      span.end()
    }
  }
  const onward = <Input extends { readonly headers: Headers }>(
    input: Input,
    span: Span | undefined,
  ): Input => (span ? { ...input, headers: withTraceHeader(input.headers, toTraceParent(span)) } : input)

  return {
    startWithDetails: (input, next) =>
      within({ name: `StartWorkflow:${input.workflowType}`, workflowId: input.options.workflowId }, (span) =>
        next(onward(input, span)),
      ),
    startUpdate: (input, next) =>
      within(
        { name: `UpdateWorkflow:${input.updateName}`, workflowId: input.workflowExecution.workflowId },
        (span) => next(onward(input, span)),
      ),
    signal: (input, next) =>
      within(
        { name: `SignalWorkflow:${input.signalName}`, workflowId: input.workflowExecution.workflowId },
        (span) => next(onward(input, span)),
      ),
    query: (input, next) =>
      within(
        { name: `QueryWorkflow:${input.queryType}`, workflowId: input.workflowExecution.workflowId },
        () => next(input),
      ),
  }
}
