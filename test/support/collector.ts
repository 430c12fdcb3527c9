import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span as OTLP's JSON has it, with its attributes as an object. */
export interface CollectedSpan {
  readonly name: string
  readonly service: string
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string
  readonly kind: number
  /** 2: it failed. */
  readonly status: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly from: bigint
  readonly to: bigint
}

/** Takes traces over OTLP/HTTP, as Jaeger, Tempo and OpenTelemetry's collector do. */
export interface Collector {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT has to be. */
  readonly url: string
  readonly spans: readonly CollectedSpan[]
  /** Everything that came, as text. */
  text(): string
  /** Requests that came. */
  asked(): number
  close(): Promise<void>
}

/** @param behaves `hangs`: takes every request and never answers */
export async function startCollector(behaves: 'answers' | 'hangs' = 'answers'): Promise<Collector> {
  const bodies: string[] = []
  const spans: CollectedSpan[] = []
  let asked = 0
  const server = createServer(async (request, response) => {
    asked++
    if (behaves === 'hangs') return
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts).toString('utf8')
    bodies.push(body)
    spans.push(...read(JSON.parse(body) as Batch))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => bodies.join('\n'),
    asked: () => asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}
interface Batch {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[]
  }[]
}
type RawSpan = Omit<CollectedSpan, 'attributes' | 'status' | 'service' | 'from' | 'to'> & {
  readonly attributes: readonly Attribute[]
  readonly status: { readonly code?: number }
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
}

function read({ resourceSpans }: Batch): readonly CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        name: span.name,
        service: String(toObject(resource.attributes)['service.name']),
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        kind: span.kind,
        status: span.status.code ?? 0,
        attributes: toObject(span.attributes),
        links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
        from: BigInt(span.startTimeUnixNano),
        to: BigInt(span.endTimeUnixNano),
      })),
    ),
  )
}

/** OTLP writes a value with its type before it: `{ intValue: 3 }`. */
function toObject(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
