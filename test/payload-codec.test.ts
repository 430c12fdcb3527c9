import { Client, Connection } from '@temporalio/client'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { startApi } from '../api/server.ts'
import { packModel } from '../examples/model/pack.ts'
import { bundleWorkflows } from '../worker/bundle.ts'
import { createDataConverter } from '../worker/data-converter.ts'
import { createLogger } from '../worker/logging.ts'
import { readPayloadKeys } from '../worker/payload-keys.ts'
import { send, withTokens } from './support/api-stage.ts'
import { checkWorld, readWorld, type WorldState } from './support/check.ts'
import { twoRegions } from './support/documents.ts'
import { readKept } from './support/histories.ts'
import { startStackOn, type Stack } from './support/start-stack.ts'

const key = (id: string) => `${id}:${randomBytes(32).toString('base64')}`
const [first, second] = [key('first'), key('second')]
const uiUrl = 'http://127.0.0.1:8233'

let stack: Stack
let folder: string
let before: WorldState
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-codec-'))
  const bundle = join(folder, 'workflows.js')
  await writeFile(bundle, (await bundleWorkflows(createLogger('bundle', 'error'), true)).code)
  const artifact = await packModel('good')
  stack = await startStackOn(
    { temporal: inject('temporal'), bundle },
    {
      versions: [
        { version: 37, artifact },
        { version: 38, artifact },
        { version: 41, artifact, environment: { SANDBOX_NEVER_HEALTHY: '1' } },
      ],
      // The first step of a rotation: everybody knows the new key, nobody uses it yet.
      payloadEnv: { SLUICE_PAYLOAD_KEY: first, SLUICE_PAYLOAD_OLD_KEYS: second },
    },
  )
  before = await readWorld(stack)
})
afterAll(async () => {
  await stack.close()
  await rm(folder, { recursive: true, force: true })
})

/** An API of its own with other keys, as a person would start it. */
async function apiWith(env: Record<string, string>) {
  const { address, namespace } = inject('temporal')
  const connection = await Connection.connect({ address })
  const dataConverter = createDataConverter(readPayloadKeys(env))
  const client = new Client({ connection, namespace, ...(dataConverter ? { dataConverter } : {}) })
  const { taskQueue } = stack
  const logger = pino({ level: 'silent' })
  const api = await startApi({ client, taskQueue, auth: withTokens, logger, temporalUiUrl: uiUrl })
  return {
    get: (path: string) => send(api.url, 'GET', path, { as: 'viewer' }),
    url: api.url,
    close: async () => {
      await api.close()
      await connection.close()
    },
  }
}

describe('a rollout whose payloads are encrypted', () => {
  let id: string

  test('goes back as always when it fails, and says why', async () => {
    id = await stack.start(twoRegions({ accounts: stack.accounts, version: 41 }))
    const view = await stack.ended(id)
    expect(view.outcome).toBe('RolledBack')
    expect(view.reason).toMatch(/health|ping/i)
    await checkWorld(stack, before)
  })

  test('goes on with a new key when the worker gets one in the middle of it', async () => {
    id = await stack.start(twoRegions({ accounts: stack.accounts }))
    await stack.until(id, (view) => view.phase === 'Baking')
    await stack.killWorker()
    await stack.startWorker({ env: { SLUICE_PAYLOAD_KEY: second, SLUICE_PAYLOAD_OLD_KEYS: first } })
    expect((await stack.ended(id)).outcome).toBe('Succeeded')
  })

  test('is not readable in Temporal without the key; ids and search attributes are', async () => {
    const { address, namespace } = inject('temporal')
    const connection = await Connection.connect({ address })
    const kept = await readKept(new Client({ connection, namespace }), stack.taskQueue)
    await connection.close()
    expect(kept.map(({ workflowId }) => workflowId)).toContain(`rollout/${id}`)
    expect(kept.length).toBeGreaterThanOrEqual(6)
    const all = kept.map(({ text }) => text).join('\n')
    for (const word of [
      'model-package/fraud-scorer/38',
      'model-execution',
      'Invocation5XXErrors',
      'rollback-all',
      'sluice-deploy',
      'is Updating',
      'zoe, operator',
      'documentHash":',
      'canary',
    ]) {
      expect(all.includes(word), word).toBe(false)
    }
    expect(all).toContain('fraud-scorer')
    expect(all).toContain('binary/encrypted')
  })

  test('is listed and shown by the API as always', async () => {
    const { body } = await stack.ask<{ rollouts: Record<string, unknown>[] }>(
      'vic',
      'GET',
      `/v1/rollouts?target=${stack.accounts.prodEu}/eu-west-1/fraud-scorer`,
    )
    const mine = body.rollouts.find((one) => one['id'] === id)
    expect(mine).toMatchObject({ outcome: 'Succeeded', startedBy: 'zoe' })
    expect(mine?.['package']).toMatch(/fraud-scorer\/38$/)
    expect(mine?.['summary']).toMatch(/fraud-scorer/)
  })

  test.each([
    ['without any key', {}],
    ['with another key', { SLUICE_PAYLOAD_KEY: key('third') }],
    ['with another key of the same name', { SLUICE_PAYLOAD_KEY: key('second') }],
  ])('is told in words by an API %s', async (_what, env) => {
    const api = await apiWith(env)
    const { status, body } = await api.get(`/v1/rollouts/${id}`)
    const list = await api.get(`/v1/rollouts?target=${stack.accounts.prodEu}/eu-west-1/fraud-scorer`)
    await api.close()
    expect(list.body.rollouts).toContainEqual(
      expect.objectContaining({ id, outcome: 'Succeeded', message: expect.stringMatching(/key|encrypted/) }),
    )
    expect([status, body.type]).toEqual([503, 'urn:sluice:problem:no-payload-key'])
    expect(body.detail).toMatch(/key (first|second)|encrypted/)
  })

  test('is opened for Temporal’s web UI by whoever may read, from its own pages only', async () => {
    const api = await apiWith({ SLUICE_PAYLOAD_KEY: second, SLUICE_PAYLOAD_OLD_KEYS: first })
    const history = await new Client({
      connection: stack.client.connection,
      namespace: stack.client.options.namespace,
    }).workflow
      .getHandle(`rollout/${id}`)
      .fetchHistory()
    const [input] = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? []
    const body = {
      payloads: [
        {
          metadata: Object.fromEntries(
            Object.entries(input?.metadata ?? {}).map(([name, value]) => [
              name,
              Buffer.from(value).toString('base64'),
            ]),
          ),
          data: Buffer.from(input?.data ?? []).toString('base64'),
        },
      ],
    }
    const ask = (as: 'viewer' | undefined, headers: Record<string, string> = {}) =>
      send(api.url, 'POST', '/codec/decode', { ...(as ? { as } : {}), body, headers })

    const opened = await ask('viewer', { origin: uiUrl })
    expect(opened.status).toBe(200)
    expect(Buffer.from(opened.body.payloads[0].data, 'base64').toString()).toContain(
      'model-package/fraud-scorer/38',
    )
    expect(opened.headers.get('access-control-allow-origin')).toBe(uiUrl)
    expect((await ask(undefined, { origin: uiUrl })).status).toBe(401)
    expect(
      (await ask('viewer', { origin: 'https://evil.example' })).headers.get('access-control-allow-origin'),
    ).toBeNull()

    const preflight = (origin: string) =>
      fetch(`${api.url}/codec/decode`, { method: 'OPTIONS', headers: { origin } })
    expect((await preflight(uiUrl)).status).toBe(204)
    expect((await preflight('https://evil.example')).status).toBe(401)

    const sealed = await send(api.url, 'POST', '/codec/encode', { as: 'viewer', body: opened.body })
    const again = await send(api.url, 'POST', '/codec/decode', { as: 'viewer', body: sealed.body })
    expect(again.body).toEqual(opened.body)
    await api.close()
  })
})
