import { context, ROOT_CONTEXT, SpanKind, trace, type Tracer } from '@opentelemetry/api'
import { parseTraceParent } from '../../workflows/trace/traceparent.ts'
import { below, markFailed } from './context.ts'
import type { Tracing } from './start.ts'

/** A span for every HTTP request, called by its route: a path has ids, and a query may have anything. */
export function traceRequest(tracer: Tracer): Tracing['serve'] {
  return (method, traceparent, run) => {
    const caller = parseTraceParent(traceparent)
    const span = tracer.startSpan(
      method,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } },
      caller ? below(caller) : ROOT_CONTEXT,
    )
    context.with(trace.setSpan(ROOT_CONTEXT, span), run)
    return ({ route, status, requestId }) => {
      if (route !== undefined) span.updateName(`${method} ${route}`).setAttribute('http.route', route)
      if (requestId !== undefined) span.setAttribute('http.response.header.x-request-id', requestId)
      span.setAttribute('http.response.status_code', status)
      if (status >= 500) markFailed(span, String(status))
      span.end()
    }
  }
}
