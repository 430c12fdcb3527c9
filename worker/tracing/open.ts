import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { setGlobalErrorHandler } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { traceActivities } from './activities.ts'
import { traceCalls } from './calls.ts'
import { traceClient } from './client.ts'
import { ChosenIds } from './chosen-ids.ts'
import { traceRequest } from './requests.ts'
import type { Tracing } from './start.ts'
import { recordSpans } from './workflows.ts'

/** How long the end of a process waits for its last spans. */
const LAST_MS = 2_000

/**
 * OpenTelemetry's SDK, loaded only where somebody wants traces. Spans wait in a bounded queue and are sent in the
 * background; what does not get out is dropped.
 */
export function openTracing(service: string, say: (problem: string) => void): Tracing {
  setGlobalErrorHandler((error) => say(typeof error === 'string' ? error : reasonOf(error)))
  const ids = new ChosenIds()
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: resourceFromAttributes({ 'service.name': service }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const tracer = provider.getTracer('sluice')
  return {
    serve: traceRequest(tracer),
    client: traceClient(tracer),
    activities: traceActivities(tracer),
    calls: traceCalls(tracer),
    sinks: recordSpans(tracer, ids),
    async close() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_MS).unref())
      await Promise.race([provider.shutdown().catch(() => undefined), late])
    },
  }
}

function reasonOf(error: { readonly message?: string; readonly code?: string | number }): string {
  // Never what the collector answered: it may repeat what it was sent.
  return [error.message, error.code].filter((part) => part !== undefined && part !== '').join(' ')
}
