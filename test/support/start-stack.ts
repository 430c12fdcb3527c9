import { randomInt, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import type { ApiOptions } from '../../api/app.ts'
import { createToken, type TokenEntry } from '../../api/auth/tokens.ts'
import { startApi, type RunningApi } from '../../api/server.ts'
import { exampleWorld, type WorldAccounts, type WorldOptions } from '../../examples/world.ts'
import type { RolloutView } from '../../rollout/view.ts'
import type { FaultRequest } from '../../sandbox/core/faults.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/start.ts'
import { freePorts } from '../../cli/embedded/ports.ts'
import { createDataConverter } from '../../worker/data-converter.ts'
import { createLogger } from '../../worker/logging.ts'
import { readNotify } from '../../worker/notify-file.ts'
import { readPayloadKeys } from '../../worker/payload-keys.ts'
import { startTestWorker, type TestWorker, type TestWorkerOptions } from './worker.ts'

const signingKey = 'a signing key that only tests use, 32+'

export interface Answer<T = Record<string, unknown>> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

/** Everything real: the sandbox over HTTP, a worker process that can be killed, the API, and the run's Temporal server. */
export interface Stack {
  readonly sandbox: Sandbox
  readonly client: Client
  readonly api: RunningApi
  /** With which more of them can be started. */
  readonly apiSettings: LaunchApi
  readonly taskQueue: string
  readonly accounts: WorldAccounts
  readonly clockRate: number
  /** A worker in a process of its own; several may run. */
  startWorker(options?: StackWorkerOptions): Promise<TestWorker>
  /** What Prometheus would read from the worker. */
  metrics(): Promise<string>
  killWorker(): Promise<void>
  /** Asks the API as one of the people: `zoe` starts (operator), `mia` and `ben` approve (ml-leads), `vic` looks. */
  ask<T = Record<string, unknown>>(
    person: Person,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>
  /** Starts a rollout as zoe; throws unless it is accepted. */
  start(document: unknown): Promise<string>
  view(id: string): Promise<RolloutView>
  /** Waits until the view is so; throws when the rollout ends before. */
  until(id: string, so: (view: RolloutView) => boolean, seconds?: number): Promise<RolloutView>
  ended(id: string, seconds?: number): Promise<RolloutView>
  arm(fault: FaultRequest): void
  /** Adds to the world, by the keys of a seed. */
  seed(seed: Record<string, unknown>): Promise<void>
  /** One of the sandbox's controls. */
  control(name: string, body: unknown): Promise<void>
  /** Another world in the same sandbox: other accounts, but for the registry, whose credentials the worker has. */
  renew(options?: Partial<WorldOptions>): Promise<void>
  /** Waits until no endpoint of the account is changing. */
  rests(account: string): Promise<void>
  /** Waits until an alarm of the Region is red. */
  red(region: string): Promise<void>
  /** Waits until the team's own alarm is OK again. */
  quiet(region: string): Promise<void>
  close(): Promise<void>
}

export type StackWorkerOptions = Partial<Pick<TestWorkerOptions, 'bundle' | 'version' | 'preload' | 'env'>>

export type Person = 'zoe' | 'mia' | 'ben' | 'vic' | 'nobody'

const people = {
  zoe: createToken('zoe', ['operator']),
  mia: createToken('mia', ['approver'], ['ml-leads']),
  ben: createToken('ben', ['approver'], ['ml-leads']),
  vic: createToken('vic', ['viewer']),
} as const

export function tokenOf(person: keyof typeof people): string {
  return people[person].token
}

/** Random accounts, because the locks of all tests of a run live in one Temporal namespace. */
export function randomAccounts(): WorldAccounts {
  const id = () => String(randomInt(100_000_000_000, 999_999_999_999))
  return { registry: id(), staging: id(), prodEu: id(), prodWorld: id() }
}

/** What a stack finds already running or made. */
export interface Surroundings {
  readonly temporal: { readonly address: string; readonly namespace: string }
  /** File with the workflows as one script. */
  readonly bundle: string
}

export type StackOptions = WorldOptions & {
  readonly clockRate?: number
  /** `SLUICE_PAYLOAD_KEY` and the like, for worker and API; the bundle must be made for it. */
  readonly payloadEnv?: Readonly<Record<string, string>>
  /** Of everything that the sandbox draws by lot. */
  readonly randomSeed?: number
  /** False: none runs until `startWorker`. */
  readonly worker?: boolean
  /** Text of a notifications file, and the secrets that it takes from the environment. */
  readonly notify?: NotifyText
  /** Further environment of the worker process. */
  readonly workerEnv?: Readonly<Record<string, string>>
  /** Starts the worker process; default `startTestWorker`. */
  readonly launchWorker?: (options: TestWorkerOptions) => Promise<TestWorker>
  /** Starts the API; default within this process. */
  readonly launchApi?: (options: LaunchApi) => Promise<RunningApi>
  /** How long the API waits; a machine under load needs longer to replay a rollout for a query. */
  readonly deadlines?: ApiOptions['deadlines']
  /** Services of the sandbox; default all, as they are. */
  readonly services?: SandboxOptions['services']
}

/** What an API needs to know, whichever process it runs in. */
export interface LaunchApi {
  readonly address: string
  readonly namespace: string
  readonly taskQueue: string
  readonly signingKey: string
  readonly tokens: readonly TokenEntry[]
}

/** Starts a world of its own, with a worker and an API for it, on a Temporal server that runs. */
export async function startStackOn(
  { temporal: { address, namespace }, bundle }: Surroundings,
  options: StackOptions,
): Promise<Stack> {
  const { clockRate = 150, launchWorker = startTestWorker, services, randomSeed = 1 } = options
  let { accounts = randomAccounts() } = options
  const sandbox = await startSandbox({
    clockRate,
    randomSeed,
    seed: exampleWorld({ ...options, accounts }),
    ...(services ? { services } : {}),
  })
  const connection = await Connection.connect({ address })
  const dataConverter = createDataConverter(readPayloadKeys(options.payloadEnv ?? {}))
  const client = new Client({ connection, namespace, ...(dataConverter ? { dataConverter } : {}) })
  const taskQueue = `test-${randomUUID()}`
  const told = options.notify ? await writeNotify(options.notify) : undefined
  const launchApi =
    options.launchApi ??
    (({ tokens }) =>
      startApi({
        client,
        taskQueue,
        signingKey,
        auth: { tokens },
        logger: createLogger('api', 'silent'),
        ...(told ? { notify: readNotify('api', told.env) } : {}),
        requestsPerMinute: 100_000,
        ...(options.deadlines ? { deadlines: options.deadlines } : {}),
      }))
  const tokens = Object.values(people).map((person) => person.entry)
  const apiSettings: LaunchApi = { address, namespace, taskQueue, signingKey, tokens }
  const api = await launchApi(apiSettings)
  const [metricsPort = 0] = await freePorts(1)
  const workers: TestWorker[] = []
  const startWorker: Stack['startWorker'] = async (chosen = {}) => {
    // Another one beside it is asked for nothing: any port that is free then.
    const port = workers.length > 0 ? 0 : metricsPort
    const worker = await launchWorker({
      address,
      namespace,
      taskQueue,
      clockRate,
      bundle,
      metricsAddress: `127.0.0.1:${port}`,
      ...chosen,
      env: {
        AWS_ENDPOINT_URL: sandbox.url,
        AWS_ACCESS_KEY_ID: `AKIA${accounts.registry}`,
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_REGION: 'eu-west-1',
        SLUICE_SIGNING_KEY: signingKey,
        ...told?.env,
        ...options.workerEnv,
        ...options.payloadEnv,
        ...chosen.env,
      },
    })
    workers.push(worker)
    return worker
  }
  if (options.worker !== false) await startWorker()

  const ask: Stack['ask'] = (...request) => askAt(api.url, ...request)

  const view = async (id: string): Promise<RolloutView> => {
    const { status, body } = await ask<RolloutView>('vic', 'GET', `/v1/rollouts/${id}`)
    if (status !== 200) throw new Error(`GET ${id}: ${status} ${JSON.stringify(body)}`)
    return body
  }

  const waitFor = async (
    id: string,
    so: (view: RolloutView) => boolean,
    seconds: number,
  ): Promise<RolloutView> => {
    const giveUp = Date.now() + seconds * 1_000
    for (;;) {
      const now: RolloutView & { readonly stale?: boolean } = await view(id)
      // While nobody answers, the API only has what was written down last, which is less than a view.
      if (!now.stale && so(now)) return now
      if (!now.stale && now.phase === 'Ended')
        throw new Error(`rollout ended ${now.outcome}: ${now.reason}\n${timelineOf(now)}`)
      if (Date.now() > giveUp)
        throw new Error(
          `still ${now.phase}: ${now.message}\n${now.stale ? 'nobody answers' : timelineOf(now)}`,
        )
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  const redAlarms = async (region: string): Promise<readonly string[]> => {
    const { alarms } = (await (await fetch(`${sandbox.url}/_sandbox/state?part=alarms`)).json()) as {
      alarms: { region: string; name: string; state: unknown }[]
    }
    return alarms
      .filter((one) => one.region === region && JSON.stringify(one.state).includes('"ALARM"'))
      .map((one) => one.name)
  }

  return {
    sandbox,
    client,
    api,
    apiSettings,
    taskQueue,
    get accounts() {
      return accounts
    },
    clockRate,
    startWorker,
    metrics: async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
    async killWorker() {
      await Promise.all(workers.splice(0).map((worker) => worker.kill()))
    },
    ask,
    async start(document) {
      const { status, body } = await ask<{ id: string }>('zoe', 'POST', '/v1/rollouts', document)
      if (status !== 202) throw new Error(`POST /v1/rollouts: ${status} ${JSON.stringify(body, null, 2)}`)
      return body.id
    },
    view,
    until: (id, so, seconds = 90) => waitFor(id, so, seconds),
    ended: (id, seconds = 120) =>
      waitFor(id, (now) => now.outcome !== undefined && now.phase === 'Ended', seconds),
    arm: (fault) => void sandbox.world.faults.arm(fault),
    async seed(seed) {
      const response = await fetch(`${sandbox.url}/_sandbox/seed`, {
        method: 'POST',
        body: JSON.stringify(seed),
      })
      if (!response.ok) throw new Error(await response.text())
    },
    async control(name, body) {
      const response = await fetch(`${sandbox.url}/_sandbox/control/${name}`, {
        method: 'POST',
        body: JSON.stringify(body),
      })
      if (!response.ok) throw new Error(await response.text())
    },
    async renew(other = {}) {
      accounts = { ...randomAccounts(), registry: accounts.registry }
      await sandbox.renew(exampleWorld({ ...options, ...other, accounts }))
    },
    rests: (account) =>
      eventually(async () => {
        const { endpoints } = (await (
          await fetch(`${sandbox.url}/_sandbox/state?part=endpoints`)
        ).json()) as {
          endpoints: { accountId: string; status: string }[]
        }
        return endpoints.every((one) => one.accountId !== account || one.status === 'InService')
      }),
    red: (region) => eventually(async () => (await redAlarms(region)).length > 0),
    quiet: (region) => eventually(async () => (await redAlarms(region)).length === 0),
    async close() {
      await Promise.all(workers.map((worker) => worker.close()))
      await api.close()
      await connection.close()
      await sandbox.close()
      await told?.remove()
    },
  }
}

interface NotifyText {
  readonly file: string
  readonly secrets: Readonly<Record<string, string>>
}

async function writeNotify({ file, secrets }: NotifyText) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-notify-'))
  const path = join(folder, 'notify.yaml')
  await writeFile(path, file)
  return {
    env: { ...secrets, SLUICE_NOTIFY_FILE: path },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Asks the API at a URL as one of the people. */
export async function askAt<T>(
  url: string,
  person: Person,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(person === 'nobody' ? {} : { authorization: `Bearer ${tokenOf(person)}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? {} : JSON.parse(text)) as T,
  }
}

function timelineOf(view: RolloutView): string {
  return view.timeline.map((entry) => `  ${entry.at} ${entry.kind}: ${entry.text}`).join('\n')
}

async function eventually(so: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await so()); tries++) {
    if (tries > 200) throw new Error('it never came to be so')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
