import { randomBytes, randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { createDataConverter } from '../worker/data-converter.ts'
import { readPayloadKeys, type PayloadKeys } from '../worker/payload-keys.ts'
import { spanIdOfRun, type WorkflowSpan } from '../workflows/trace/spans.ts'
import { withTraceHeader } from '../workflows/trace/traceparent.ts'

const starter = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', sampled: true }

let connection: Connection
let native: NativeConnection
const { address, namespace } = inject('temporal')
beforeAll(async () => {
  connection = await Connection.connect({ address })
  native = await NativeConnection.connect({ address })
})
afterAll(async () => {
  await connection.close()
  await native.close()
})

/** Runs a workflow that somebody traces, or nobody, and gives the spans that it handed to its worker. */
async function spansOf(
  workflow: string,
  args: readonly unknown[],
  { traced = true, keys = undefined as PayloadKeys | undefined } = {},
) {
  const dataConverter = createDataConverter(keys)
  const encoding = dataConverter ? { dataConverter } : {}
  const taskQueue = `traced-${randomUUID()}`
  const spans: (WorkflowSpan & { readonly runId: string })[] = []
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    ...encoding,
    workflowsPath: fileURLToPath(new URL('./support/traced-workflows.ts', import.meta.url)),
    interceptors: {
      workflowModules: [fileURLToPath(new URL('../workflows/trace/interceptors.ts', import.meta.url))],
    },
    sinks: {
      trace: { span: { fn: ({ runId }, span: WorkflowSpan) => void spans.push({ ...span, runId }) } },
    },
  })
  const client = new Client({
    connection,
    namespace,
    ...encoding,
    interceptors: {
      workflow: [
        {
          startWithDetails: (input, next) =>
            next(traced ? { ...input, headers: withTraceHeader(input.headers, starter) } : input),
        },
      ],
    },
  })
  const options = { taskQueue, workflowId: taskQueue, args: [...args] }
  await worker.runUntil(client.workflow.execute(workflow, options))
  return spans
}

test('a run that continues as new is followed by one beside it, not below it', async () => {
  const spans = await spansOf('again', [2])
  const begun = spans.filter((span) => span.name === 'BeginWorkflow:again')
  expect(begun).toHaveLength(3)
  for (const { parent, spanId, runId } of begun) {
    expect(parent).toEqual(starter)
    expect(spanId).toBe(spanIdOfRun(runId))
  }
  expect(new Set(begun.map((span) => span.spanId)).size).toBe(3)
  const ran = spans.filter((span) => span.name === 'RunWorkflow:again')
  expect(ran.map((span) => span.error)).toEqual([undefined, undefined, undefined])
})

test('a child stands below its parent, and fails with its type alone', async () => {
  const spans = await spansOf('parent', [])
  const [child] = spans.filter((span) => span.name === 'RunWorkflow:fails')
  const [above] = spans.filter((span) => span.name === 'BeginWorkflow:fails')
  const [top] = spans.filter((span) => span.name === 'BeginWorkflow:parent')
  expect(child).toMatchObject({
    error: 'Denied',
    parent: { traceId: starter.traceId, spanId: above?.spanId },
  })
  expect(above?.parent).toEqual({ ...starter, spanId: top?.spanId })
  expect(JSON.stringify(spans)).not.toContain('planted')
})

test('what nobody traces hands over no span', async () => {
  expect(await spansOf('parent', [], { traced: false })).toEqual([])
})

test('encrypted payloads hide no trace from the workflows that carry it on', async () => {
  const keys = readPayloadKeys({ SLUICE_PAYLOAD_KEY: `one:${randomBytes(32).toString('base64')}` })
  const names = (await spansOf('again', [1], { keys })).map((span) => span.name)
  expect(names.filter((name) => name === 'BeginWorkflow:again')).toHaveLength(2)
})
