import { Client, Connection } from '@temporalio/client'
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { packModel } from '../examples/model/pack.ts'
import { createLogger } from '../worker/logging.ts'
import type { Tracing } from '../worker/tracing/start.ts'
import { startCollector, type Collector } from './support/collector.ts'
import { twoRegions } from './support/documents.ts'
import { readKept } from './support/histories.ts'
import { serveApi } from './support/serve-api.ts'
import { startStack, type Stack } from './support/stack.ts'
import { traceHere, tracesTo } from './support/traced.ts'
import { startTestWorker } from './support/worker.ts'

const planted = {
  'an environment variable of the container': 'planted-environment-4711',
  'the worker’s AWS secret key': 'planted-secret-key-4712',
  'the signature of a presigned URL': 'planted-signature-4713',
  'a session token in a message of AWS': `planted-token-4714${'A'.repeat(60)}`,
}

let stack: Stack
let collector: Collector
let tracing: Tracing
const output: string[] = []
let signing = ''
beforeAll(async () => {
  const artifact = await packModel('good')
  const environment = { API_PASSWORD: planted['an environment variable of the container'] }
  process.env['TEST_LOG_LEVEL'] = 'debug'
  collector = await startCollector()
  tracing = await traceHere(collector.url)
  stack = await startStack({
    workerEnv: tracesTo(collector.url),
    versions: [
      { version: 37, artifact, environment },
      { version: 41, artifact, environment: { ...environment, SANDBOX_NEVER_HEALTHY: '1' } },
    ],
    launchWorker: (options) =>
      startTestWorker({
        ...options,
        env: { ...options.env, AWS_SECRET_ACCESS_KEY: planted['the worker’s AWS secret key'] },
        output: (text) => void output.push(text),
      }),
    launchApi(settings) {
      signing = settings.signingKey
      const logger = createLogger('api', 'trace', { write: (line: string) => void output.push(line) })
      return serveApi(settings, [tracing.client], { tracing, logger })
    },
  })
})
afterAll(async () => {
  delete process.env['TEST_LOG_LEVEL']
  await stack.close()
  await tracing.close()
  await collector.close()
})

/** Everything that a person or a machine can read after a rollout, by where it stands. */
async function readEverything(id: string): Promise<Readonly<Record<string, string>>> {
  const { address, namespace } = inject('temporal')
  const connection = await Connection.connect({ address })
  const kept = await readKept(new Client({ connection, namespace }), stack.taskQueue)
  await connection.close()
  expect(kept.length).toBeGreaterThanOrEqual(4)
  const answers = []
  for (const path of ['', '/plan', '/notifications']) {
    answers.push((await stack.ask('vic', 'GET', `/v1/rollouts/${id}${path}`)).body)
  }
  answers.push((await stack.ask('vic', 'GET', '/v1/rollouts')).body)
  answers.push((await stack.ask('vic', 'POST', '/v1/plans?iam=true', documentOf())).body)
  const metrics = await fetch(`${stack.api.url}/metrics`)
  return {
    ...Object.fromEntries(kept.map(({ workflowId, text }) => [`history of ${workflowId}`, text])),
    logs: output.join(''),
    'the worker’s metrics': await stack.metrics(),
    'the API’s metrics': await metrics.text(),
    answers: JSON.stringify(answers),
    record: await readRecord(),
    traces: await readTraces(id),
  }
}

const documentOf = () =>
  twoRegions({
    accounts: stack.accounts,
    version: 41,
    record: { account: 'prod-eu', to: `s3://audit-${stack.accounts.prodEu}/sluice/` },
  })

/** The rollout's own span is the last of it. */
async function readTraces(id: string): Promise<string> {
  const ended = () =>
    collector.spans.some(
      (span) =>
        span.name === 'RunWorkflow:rollout' && span.attributes['temporalWorkflowId'] === `rollout/${id}`,
    )
  await expect.poll(ended).toBe(true)
  const names = new Set(collector.spans.map((span) => span.name))
  expect([...names]).toEqual(expect.arrayContaining(['SageMaker.CreateModel', 'POST /v1/rollouts']))
  return collector.text()
}

async function readRecord(): Promise<string> {
  const s3 = new S3Client({
    endpoint: stack.sandbox.url,
    forcePathStyle: true,
    region: 'eu-west-1',
    credentials: { accessKeyId: `AKIA${stack.accounts.prodEu}`, secretAccessKey: 'any' },
  })
  const Bucket = `audit-${stack.accounts.prodEu}`
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  const texts = await Promise.all(
    Contents.map(async ({ Key }) =>
      (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString(),
    ),
  )
  expect(texts.length).toBeGreaterThan(0)
  return texts.join('\n')
}

test('no secret stands in histories, logs, metrics, traces, answers or the record, whatever fails', async () => {
  const url = `https://bucket.s3.amazonaws.com/model?X-Amz-Signature=${planted['the signature of a presigned URL']}`
  const message = `could not read ${url} with security-token: ${planted['a session token in a message of AWS']} of ASIAABCDEFGHIJKLMNOP`
  for (const operation of ['DescribeEndpoint', 'CreateModel', 'UpdateEndpoint', 'DescribeAlarms']) {
    stack.arm({ kind: 'error', operation, times: 4, with: { code: 'ThrottlingException', message } })
  }
  const id = await stack.start(documentOf())
  expect((await stack.ended(id)).outcome).toBe('RolledBack')
  const everything = await readEverything(id)
  expect(everything['logs']?.length).toBeGreaterThan(1_000)

  const found: string[] = []
  for (const [place, text] of Object.entries(everything)) {
    for (const [what, secret] of Object.entries(planted)) {
      if (text.includes(secret)) found.push(`${what} stands in ${place}`)
    }
    if (text.includes(signing)) found.push(`the signing key stands in ${place}`)
    if (/sluice_[\w-]{43}/.test(text)) found.push(`a token stands in ${place}`)
    if (/ASIA[A-Z0-9]{12,}/.test(text)) found.push(`a key id of a session stands in ${place}`)
    if (/X-Amz-(Signature|Security-Token)=(?!\[)/i.test(text))
      found.push(`a presigned URL stands in ${place}`)
  }
  expect(found).toEqual([])
  // What was planted was met: otherwise nothing is shown.
  expect(Object.values(everything).join('\n')).toMatch(
    /could not read https:\/\/bucket\.s3\.amazonaws\.com\/model/,
  )
})
