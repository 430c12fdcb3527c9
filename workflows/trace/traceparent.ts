import { defaultPayloadConverter, type Headers } from '@temporalio/common'

/** Which span of which trace: what a W3C `traceparent` says. */
export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  /** Whether whoever began the trace keeps it. */
  readonly sampled: boolean
}

/** W3C trace context: version, trace id, span id, flags. */
const form = /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/

/** Undefined for whatever is not a `traceparent`: it comes from outside, and a trace is never worth an error. */
export function parseTraceParent(text: unknown): TraceParent | undefined {
  const [, traceId, spanId, flags] = (typeof text === 'string' && form.exec(text)) || []
  if (!traceId || !spanId || !flags) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

export function writeTraceParent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`
}

/** As Temporal's own OpenTelemetry packages call it, so that a trace can come from their clients too. */
const header = '_tracer-data'

/** The span that started this workflow or activity, or sent this update; from the headers that Temporal keeps. */
export function readTraceHeader(headers: Headers): TraceParent | undefined {
  const payload = headers[header]
  if (!payload) return undefined
  try {
    return parseTraceParent(
      defaultPayloadConverter.fromPayload<{ traceparent?: unknown }>(payload)?.traceparent,
    )
  } catch {
    return undefined
  }
}

export function withTraceHeader(headers: Headers, parent: TraceParent): Headers {
  const traceparent = writeTraceParent(parent)
  return { ...headers, [header]: defaultPayloadConverter.toPayload({ traceparent }) }
}
