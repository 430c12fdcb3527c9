import type { WorkflowClientInterceptor } from '@temporalio/client'
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker'
import type { CallObservers } from '../../activities/aws/observe-calls.ts'
import type { TraceSinks } from '../../workflows/trace/spans.ts'
import { ConfigError } from '../environment.ts'
import type { Logger } from '../logging.ts'
import { redact } from '../logging.ts'

/** What the parts of a process need to take part in traces. */
export interface Tracing {
  /**
   * Runs what answers an HTTP request inside of a span.
   * @param traceparent the header of that name, if the request has one
   * @returns to be called once the request is over
   */
  serve(method: string, traceparent: string | undefined, run: () => void): (answer: Answered) => void
  readonly client: WorkflowClientInterceptor
  readonly activities: ActivityInterceptorsFactory
  readonly calls: CallObservers
  readonly sinks: InjectedSinks<TraceSinks>
  /** Sends what is left, as far as that can be done quickly. */
  close(): Promise<void>
}

/** How an HTTP request was answered. */
export interface Answered {
  /** As it is written in the router, never the path itself; absent when none fitted. */
  readonly route: string | undefined
  readonly status: number
  readonly requestId: string | undefined
}

/** Keeps the spans of workflows from a worker that does not trace; without it Temporal's SDK logs an error for each. */
export const noSpans: InjectedSinks<TraceSinks> = { trace: { span: { fn() {} } } }

/**
 * Whether traces are wanted, by OpenTelemetry's own variables; its SDK reads the rest of them itself.
 * @throws ConfigError
 */
export function readTracing(env: NodeJS.ProcessEnv = process.env): boolean {
  const { OTEL_SDK_DISABLED = '', OTEL_TRACES_EXPORTER = '' } = env
  const [endpoint, url] = first(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT')
  if (!url || OTEL_SDK_DISABLED.toLowerCase() === 'true' || OTEL_TRACES_EXPORTER === 'none') return false
  const [protocol, form = 'http/json'] = first(
    env,
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    'OTEL_EXPORTER_OTLP_PROTOCOL',
  )
  const problems = [
    ...(isHttp(url) ? [] : [`${endpoint}: must be an http or https URL, such as http://localhost:4318`]),
    ...(form === 'http/json' ? [] : [`${protocol}=${form}: must be http/json, or not be set`]),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  return true
}

/**
 * Starts tracing if the environment asks for it; undefined, and nothing loaded, if not. Once a process, before its parts.
 * @param service what the process is called unless OTEL_SERVICE_NAME says otherwise
 */
export async function startTracing(service: string, logger: Logger): Promise<Tracing | undefined> {
  if (!readTracing()) return undefined
  const { openTracing } = await import('./open.ts')
  const tracing = openTracing(service, sayRarely(logger))
  logger.info('traces are sent')
  return tracing
}

const RARELY_MS = 60_000

/** A collector that is down fails every few seconds. */
function sayRarely(logger: Logger): (problem: string) => void {
  let said = -Infinity
  return (problem) => {
    if (performance.now() < said + RARELY_MS) return
    said = performance.now()
    logger.warn({ problem: redact(problem) }, 'traces do not get out; nothing else is held back by it')
  }
}

function first(env: NodeJS.ProcessEnv, ...names: readonly string[]): readonly [string?, string?] {
  const name = names.find((one) => env[one])
  return name === undefined ? [] : [name, env[name]]
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}
