import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'
import { CancelledFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fail } from '../../activities/failure.ts'
import { withTraceHeader } from '../../workflows/trace/traceparent.ts'
import { traceActivities } from './activities.ts'
import { traceCalls } from './calls.ts'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
const tracer = provider.getTracer('test')
const parent = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true }
const call = { service: 'SageMaker', operation: 'DescribeEndpoint', region: 'eu-west-1', attempt: 1 }

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
afterAll(() => context.disable())
beforeEach(() => exporter.reset())

/** One attempt of an activity that asks AWS: the spans of its calls, and its own at the end. */
async function attempt(
  number: number,
  {
    from = parent as typeof parent | null,
    run = (): unknown => 'done',
    error = undefined as string | undefined,
    calls: many = 1,
  } = {},
): Promise<readonly ReadableSpan[]> {
  const environment = new MockActivityEnvironment({ attempt: number })
  const calls = traceCalls(tracer)
  await environment
    .run(async () => {
      const { inbound } = traceActivities(tracer)(environment.context)
      const next = async () => {
        for (let made = 0; made < many; made++) {
          const request = { ...call }
          calls.onRequest?.(request)
          await Promise.resolve()
          calls.onCall?.(
            { ...request, milliseconds: 1, status: 200, ...(error ? { code: error } : {}) },
            request,
          )
        }
        return run()
      }
      const headers = from ? withTraceHeader({}, from) : {}
      return inbound?.execute?.({ args: [], headers }, next)
    })
    .catch(() => undefined)
  return exporter.getFinishedSpans()
}

describe('an attempt of an activity', () => {
  it('stands below the workflow that asked for it, and what it asks of AWS below it', async () => {
    const [asked, ran] = await attempt(1)
    expect(ran).toMatchObject({
      parentSpanContext: { spanId: parent.spanId },
      attributes: { 'sluice.attempt': 1 },
    })
    expect(ran?.spanContext().traceId).toBe(parent.traceId)
    expect(asked).toMatchObject({
      name: 'SageMaker.DescribeEndpoint',
      parentSpanContext: { spanId: ran?.spanContext().spanId },
      attributes: { 'cloud.region': 'eu-west-1', 'http.response.status_code': 200 },
    })
  })

  it('is a trace of its own with a link from the eleventh on, so that a wait of days does not swell one trace', async () => {
    const [asked, ran] = await attempt(11)
    expect(ran?.parentSpanContext).toBeUndefined()
    expect(ran?.spanContext().traceId).not.toBe(parent.traceId)
    expect(ran?.links).toMatchObject([{ context: { traceId: parent.traceId, spanId: parent.spanId } }])
    expect(asked?.spanContext().traceId).toBe(ran?.spanContext().traceId)
  })

  it.each([1, 11])('of a rollout that is not sampled leaves nothing, at attempt %i', async (number) => {
    expect(await attempt(number, { from: { ...parent, sampled: false } })).toEqual([])
  })

  it('of a rollout that nobody traces leaves nothing, nor do its calls', async () => {
    expect(await attempt(1, { from: null })).toEqual([])
  })

  it.each([
    ['a wait that is not over', () => Promise.reject(fail('NotYet', 'not yet')), 0, 'not yet'],
    ['a cancellation', () => Promise.reject(new CancelledFailure('enough')), 0, 'cancelled'],
    ['a failure', () => Promise.reject(fail('Denied', 'planted')), 2, undefined],
  ])('that ends with %s is told from the others', async (_, run, code, ended) => {
    const [, ran] = await attempt(1, { run })
    expect(ran?.status.code).toBe(code)
    expect(ran?.attributes['sluice.ended']).toBe(ended)
    expect(ran?.attributes['error.type']).toBe(code === 2 ? 'Denied' : undefined)
    expect(JSON.stringify([ran?.status, ran?.events, ran?.attributes])).not.toContain('planted')
  })

  it('shows which call of AWS failed, by its code', async () => {
    const [asked] = await attempt(1, { error: 'ThrottlingException' })
    expect(asked).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'ThrottlingException' } })
  })

  it('that makes very many calls shows the first hundred, and how many more there were', async () => {
    const spans = await attempt(1, { calls: 250 })
    expect(spans).toHaveLength(101)
    expect(spans.at(-1)?.attributes['sluice.calls_left_out']).toBe(150)
  })
})
