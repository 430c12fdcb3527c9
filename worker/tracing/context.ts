import {
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
} from '@opentelemetry/api'
import type { TraceParent } from '../../workflows/trace/traceparent.ts'

export function toSpanContext({ traceId, spanId, sampled }: TraceParent): SpanContext {
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true }
}

/** For spans below one of another process. */
export function below(parent: TraceParent): Context {
  return trace.setSpanContext(ROOT_CONTEXT, toSpanContext(parent))
}

export function toTraceParent(span: Span): TraceParent {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 }
}

/** @param type the type of an error, never its message: that may hold anything, and people find it in Temporal */
export function markFailed(span: Span, type: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', type)
}
