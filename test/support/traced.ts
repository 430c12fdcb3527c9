import { createLogger } from '../../worker/logging.ts'
import { startTracing, type Tracing } from '../../worker/tracing/start.ts'

/**
 * Environment of a process that traces to a collector at once. Its patience is far longer than any test: whoever waited for
 * a collector that hangs would be seen.
 */
export function tracesTo(url: string): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_TIMEOUT: '900000',
    OTEL_BSP_EXPORT_TIMEOUT: '900000',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  }
}

/** For an API within the test's own process; one at a time. */
export async function traceHere(url: string): Promise<Tracing> {
  const env = tracesTo(url)
  Object.assign(process.env, env)
  const tracing = await startTracing('sluice-api', createLogger('api', 'silent'))
  for (const name of Object.keys(env)) delete process.env[name]
  if (!tracing) throw new Error('no traces are wanted')
  return tracing
}
