import { Client, Connection } from '@temporalio/client'
import { activityInfo, Context } from '@temporalio/activity'
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { localIdentity, type Auth } from '../../api/auth/authenticate.ts'
import { createToken, type TokenEntry } from '../../api/auth/tokens.ts'
import { startApi, type StartApiOptions } from '../../api/server.ts'

export type Who = 'viewer' | 'operator' | 'approver'

const credentials: Readonly<Record<Who, { readonly token: string; readonly entry: TokenEntry }>> = {
  viewer: createToken('vera', ['viewer']),
  operator: createToken('otto', ['operator']),
  approver: createToken('mia', ['approver'], ['ml-leads']),
}

export const tokenOf = (who: Who): string => credentials[who].token
export const withTokens: Auth = { tokens: Object.values(credentials).map(({ entry }) => entry) }
export const withoutTokens: Auth = { tokens: [], local: localIdentity }

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: any
}

/** An API of its own, with a worker that can be taken away, on the Temporal server of the test run. */
export interface Stage {
  readonly url: string
  readonly client: Client
  readonly taskQueue: string
  send(method: string, path: string, request?: Request): Promise<Answer>
  /** As `send`, without waiting for the end of what is answered. */
  open(path: string, request?: Request): Promise<{ readonly status: number }>
  startWorker(): Promise<void>
  stopWorker(): Promise<void>
  close(): Promise<void>
}

interface Request {
  readonly as?: Who
  readonly body?: string | object
  readonly headers?: Readonly<Record<string, string>>
}

let bundle: Promise<WorkflowBundle> | undefined

export async function startStage(
  temporal: { readonly address: string; readonly namespace: string },
  options: Partial<StartApiOptions> = {},
): Promise<Stage> {
  quiet()
  const taskQueue = `api-${randomUUID()}`
  const connection = await Connection.connect({ address: temporal.address })
  const native = await NativeConnection.connect({ address: temporal.address })
  const client = new Client({ connection, namespace: temporal.namespace })
  const api = await startApi({
    client,
    taskQueue,
    auth: withTokens,
    signingKey: 'test-signing-key-of-32-characters',
    logger: pino({ level: 'silent' }),
    temporalUiUrl: 'http://temporal.example/',
    ...options,
  })
  let worker: { readonly worker: Worker; readonly done: Promise<void> } | undefined
  const stopWorker = async (): Promise<void> => {
    worker?.worker.shutdown()
    await worker?.done
    worker = undefined
  }
  return {
    url: api.url,
    client,
    taskQueue,
    send: (method, path, request) => send(api.url, method, path, request),
    async open(path, { as } = {}) {
      const { status, body } = await fetch(`${api.url}${path}`, {
        headers: as ? { authorization: `Bearer ${tokenOf(as)}` } : {},
      })
      await body?.cancel()
      return { status }
    },
    async startWorker() {
      bundle ??= bundleWorkflowCode({
        workflowsPath: fileURLToPath(new URL('./api-workflows.ts', import.meta.url)),
        logger: new DefaultLogger('ERROR'),
      })
      const started = await Worker.create({
        connection: native,
        namespace: temporal.namespace,
        taskQueue,
        workflowBundle: await bundle,
        activities: { copyArtifact },
        shutdownForceTime: '1s',
        stickyQueueScheduleToStartTimeout: '1s',
      })
      worker = { worker: started, done: started.run() }
    },
    stopWorker,
    async close() {
      await api.close()
      await stopWorker()
      await connection.close()
      await native.close()
    },
  }
}

export async function send(
  url: string,
  method: string,
  path: string,
  { as, body, headers = {} }: Request = {},
): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(as ? { authorization: `Bearer ${tokenOf(as)}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const json = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
}

const minimal = readFileSync(new URL('../../examples/minimal.yaml', import.meta.url), 'utf8')

/** `examples/minimal.yaml` under another name, with an endpoint that no other test uses. */
export function documentOf(name: string, endpoint = `e-${randomUUID().slice(0, 8)}`): string {
  return minimal.replace(/^name: .*$/m, `name: ${name}`).replace(/^ {2}name: .*$/m, `  name: ${endpoint}`)
}

export const yaml = { 'content-type': 'application/yaml' } as const

/** Reports progress and stays until the rollout is over. */
async function copyArtifact(): Promise<void> {
  Context.current().heartbeat({ objects: 1, objectsTotal: 4, bytes: 250, bytesTotal: 1_000 })
  if (activityInfo().attempt > 100) return
  await Context.current().cancelled
}

let quieted = false
function quiet(): void {
  if (!quieted) Runtime.install({ logger: new DefaultLogger('ERROR') })
  quieted = true
}
