import { SpanKind, trace, type Span, type Tracer } from '@opentelemetry/api'
import type { AwsRequest, CallObservers } from '../../activities/aws/observe-calls.ts'
import { markFailed } from './context.ts'

/** So many calls of one attempt of an activity have a span: a test under load makes tens of thousands. */
const MOST_CALLS = 100

/** A span for every attempt at AWS that an activity makes: what was asked of whom, and nothing of what was said. */
export function traceCalls(tracer: Tracer): CallObservers {
  const open = new WeakMap<AwsRequest, Span>()
  const made = new WeakMap<Span, number>()
  return {
    onRequest(request) {
      const above = trace.getActiveSpan()
      if (!above) return
      const calls = (made.get(above) ?? 0) + 1
      made.set(above, calls)
      if (calls > MOST_CALLS) return void above.setAttribute('sluice.calls_left_out', calls - MOST_CALLS)
      const { service, operation, region, accountId, attempt } = request
      const attributes = {
        'rpc.system': 'aws-api',
        'rpc.service': service,
        'rpc.method': operation,
        'cloud.region': region,
        'cloud.account.id': accountId,
        'sluice.attempt': attempt,
      }
      open.set(request, tracer.startSpan(`${service}.${operation}`, { kind: SpanKind.CLIENT, attributes }))
    },
    onCall({ code, status, requestId }, request) {
      const span = open.get(request)
      if (!span) return
      if (status !== undefined) span.setAttribute('http.response.status_code', status)
      if (requestId !== undefined) span.setAttribute('aws.request_id', requestId)
      if (code !== undefined) markFailed(span, code)
      span.end()
    },
  }
}
