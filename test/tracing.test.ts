import { readFileSync } from 'node:fs'
import type { Headers } from '@temporalio/common'
import type { temporal } from '@temporalio/proto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { packModel } from '../examples/model/pack.ts'
import type { Tracing } from '../worker/tracing/start.ts'
import { readTraceHeader } from '../workflows/trace/traceparent.ts'
import { startCollector, type CollectedSpan, type Collector } from './support/collector.ts'
import { approval, twoRegions } from './support/documents.ts'
import { replay, retrace } from './support/replay.ts'
import type { StackOptions } from './support/start-stack.ts'
import { serveApi } from './support/serve-api.ts'
import { startStack, type Stack } from './support/stack.ts'
import { traceHere, tracesTo } from './support/traced.ts'

type History = temporal.api.history.v1.IHistory

const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const approver = { traceId: '7c1d0a5e9b3f48268e4c2d1f6a7b8c9d', spanId: '1a2b3c4d5e6f7081' }
const traceparent = ({ traceId, spanId }: typeof caller) => ({ traceparent: `00-${traceId}-${spanId}-01` })

/** API and worker that trace to a collector at that address. */
async function startTraced(
  endpoint: string,
  options: StackOptions,
): Promise<{ stack: Stack; tracing: Tracing }> {
  const tracing = await traceHere(endpoint)
  const stack = await startStack({
    ...options,
    workerEnv: tracesTo(endpoint),
    launchApi: (settings) => serveApi(settings, [tracing.client], { tracing }),
  })
  return { stack, tracing }
}

const headersOf = (history: History): Headers =>
  history.events?.[0]?.workflowExecutionStartedEventAttributes?.header?.fields ?? {}

let artifact: Buffer
beforeAll(async () => {
  artifact = await packModel('good')
})

describe('a rollout that is traced', () => {
  let collector: Collector
  let stack: Stack
  let tracing: Tracing
  /** Nanoseconds since the epoch. */
  let killed = 0n
  beforeAll(async () => {
    collector = await startCollector()
    ;({ stack, tracing } = await startTraced(collector.url, {
      versions: [37, 38].map((version) => ({ version, artifact })),
    }))
  })
  afterAll(async () => {
    await stack.close()
    await tracing.close()
    await collector.close()
  })

  const of = (trace: typeof caller) => collector.spans.filter((span) => span.traceId === trace.traceId)
  const named = (name: string, trace = caller) => of(trace).filter((span) => span.name === name)
  const way = (span: CollectedSpan | undefined): readonly string[] => {
    if (!span) return []
    const above = of(caller).find((one) => one.spanId === span.parentSpanId)
    return [span.name, ...(above ? way(above) : [span.parentSpanId])]
  }

  test('is one trace from the HTTP request through its workflows and activities to AWS, though the worker dies', async () => {
    const document = twoRegions({ accounts: stack.accounts, approval })
    const { status, body } = await stack.ask<{ id: string }>(
      'zoe',
      'POST',
      '/v1/rollouts',
      document,
      traceparent(caller),
    )
    expect(status).toBe(202)
    const { id } = body
    await stack.until(id, (view) => view.phase === 'AwaitingApproval')
    await expect.poll(() => named('BeginWorkflow:rollout')).toHaveLength(1)
    // Whoever takes over replays everything, and must not tell it again.
    await stack.killWorker()
    killed = BigInt(Date.now()) * 1_000_000n
    await stack.startWorker()
    await stack.ask('mia', 'POST', `/v1/rollouts/${id}/approve`, {}, traceparent(approver))
    expect((await stack.ended(id)).outcome).toBe('Succeeded')
    await expect.poll(() => named('RunWorkflow:rollout')).toHaveLength(1)
    await expect.poll(() => named('RunWorkflow:endpoint')).toHaveLength(2)

    const update = named('SageMaker.UpdateEndpoint').find(
      (span) => span.attributes['cloud.region'] === 'eu-west-1',
    )
    expect(way(update)).toEqual([
      'SageMaker.UpdateEndpoint',
      'RunActivity:updateEndpoint',
      'BeginWorkflow:endpoint',
      'BeginWorkflow:rollout',
      'StartWorkflow:rollout',
      'POST /v1/rollouts',
      caller.spanId,
    ])
    const { attributes, kind } = update as CollectedSpan
    expect(kind).toBe(3)
    expect(attributes).toMatchObject({
      'rpc.service': 'SageMaker',
      'rpc.method': 'UpdateEndpoint',
      'cloud.region': 'eu-west-1',
      'cloud.account.id': stack.accounts.prodEu,
      'http.response.status_code': 200,
      'sluice.attempt': 1,
    })
    expect(attributes['aws.request_id']).toEqual(expect.any(String))
    expect(named('RunWorkflow:rollout')[0]?.attributes).toMatchObject({
      temporalWorkflowId: `rollout/${id}`,
      'sluice.outcome': 'Succeeded',
    })
    expect(new Set(of(caller).map((span) => span.service))).toEqual(new Set(['sluice-api', 'sluice-worker']))
  })

  test('has no span without its parent, none twice, and no wait counts as an error', () => {
    const spans = of(caller)
    expect(spans.length).toBeGreaterThan(50)
    const ids = new Set(spans.map((span) => span.spanId))
    expect(ids.size).toBe(spans.length)
    // What an attempt asked that died with its worker has nothing above it: that span never ended.
    const orphans = spans.filter(
      (span) => !ids.has(span.parentSpanId) && !(span.kind === 3 && span.from < killed),
    )
    expect(orphans.map((span) => span.name)).toEqual(['POST /v1/rollouts'])
    expect(named('BeginWorkflow:rollout')).toHaveLength(1)
    expect(named('BeginWorkflow:endpoint')).toHaveLength(2)
    expect(spans.filter((span) => span.to < span.from)).toEqual([])
    const failed = spans.filter((span) => span.status === 2).map((span) => span.attributes['error.type'])
    expect(failed).not.toContain('NotYet')
    expect(failed).not.toContain(undefined)
  })

  test('replays as it was, and where nobody traces', async () => {
    const bundle = readFileSync(inject('bundle'), 'utf8')
    const workflows = named('BeginWorkflow:rollout').concat(named('BeginWorkflow:endpoint'))
    for (const { attributes } of workflows) {
      const workflowId = String(attributes['temporalWorkflowId'])
      const history = await stack.client.workflow.getHandle(workflowId).fetchHistory()
      expect(readTraceHeader(headersOf(history))).toMatchObject({ traceId: caller.traceId })
      await replay(bundle, history, workflowId)
      await replay(bundle, retrace(history, false), workflowId)
    }
    expect(workflows).toHaveLength(3)
  })

  test('is linked from the trace of the person who approved it', async () => {
    await expect.poll(() => named('HandleUpdate:approve', approver)).toHaveLength(1)
    const [handled] = named('HandleUpdate:approve', approver)
    expect(handled?.links).toEqual([
      { traceId: caller.traceId, spanId: named('BeginWorkflow:rollout')[0]?.spanId },
    ])
    expect(of(approver).map((span) => span.name)).toContain('POST /v1/rollouts/:id/approve')
  })

  test('shows requests by their route, and neither streams, health, metrics nor what was in a query', async () => {
    await stack.ask('vic', 'GET', '/v1/rollouts?name=planted-in-a-query')
    await stack.ask('vic', 'GET', '/v1/rollouts/none-12345678')
    const nobodys = await stack.ask('nobody', 'GET', '/v1/me')
    const stop = new AbortController()
    const stream = await fetch(`${stack.api.url}/v1/rollouts/events`, { signal: stop.signal }).catch(
      () => undefined,
    )
    await stream?.body?.cancel()
    stop.abort()
    for (const path of ['/healthz', '/metrics', '/']) await fetch(`${stack.api.url}${path}`)
    const requests = () => collector.spans.filter((span) => span.kind === 2 && span.service === 'sluice-api')
    const requestId = nobodys.headers.get('x-request-id')
    await expect
      .poll(() =>
        requests().find((span) => span.attributes['http.response.header.x-request-id'] === requestId),
      )
      .toMatchObject({ attributes: { 'http.response.status_code': 401 } })
    const names = new Set(requests().map((span) => span.name))
    expect(names).toContain('GET /v1/rollouts')
    expect(names).toContain('GET /v1/rollouts/:id')
    expect([...names].filter((name) => /events|health|metrics/.test(name))).toEqual([])
    expect(collector.text()).not.toContain('planted-in-a-query')
    expect(collector.text()).not.toContain('none-12345678')
  })
})

describe('a collector that', () => {
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  })

  test.each(['hangs', 'is down'] as const)(
    '%s holds back neither a rollout nor the end of a process',
    async (how) => {
      const collector = await startCollector('hangs')
      closing.push(collector.close)
      if (how === 'is down') await collector.close()
      const { stack, tracing } = await startTraced(collector.url, {
        versions: [37, 38].map((version) => ({ version, artifact })),
      })
      closing.push(stack.close)
      const id = await stack.start(twoRegions({ accounts: stack.accounts }))
      expect((await stack.ended(id)).outcome).toBe('Succeeded')
      expect(collector.asked() > 0).toBe(how === 'hangs')
      await tracing.close()
      // Ends when the worker process has ended.
      await stack.close()
    },
  )
})
