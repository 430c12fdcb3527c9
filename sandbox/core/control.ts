import { z } from 'zod'
import type { EventTarget } from './events.ts'
import type { FaultRequest } from './faults.ts'
import { applySeed, type Seed } from './seed.ts'
import type { Answer, FaultKinds, RawRequest, Service, ServiceName } from './types.ts'
import type { SandboxWorld } from './world.ts'

/** What the control API works on. */
export interface Controlled {
  readonly world: SandboxWorld
  readonly services: ReadonlyMap<ServiceName, Service>
  /** What a reset makes again. */
  readonly seed: Seed
}

const coreKinds: FaultKinds = {
  throttle: {
    does: 'refused as the service throttles: ThrottlingException, S3 SlowDown',
    with: '`code`, `message`, `status`',
  },
  'internal-error': { does: '500 in the service’s words; nothing applied', with: '`status`' },
  error: { does: 'any error; nothing applied', with: '`code`, `message`, `status`, `members`' },
  'access-denied': { does: 'refused as by IAM' },
  reset: { does: 'connection reset; nothing applied' },
  hang: { does: 'no answer until the client gives up; nothing applied' },
  slow: { does: 'answered later', with: '`ms`, real' },
  'lose-answer': {
    does: 'applied, then the connection is reset, or a 500 is answered',
    with: '`as`: `reset` (default), `error`',
  },
}

const faultSchema = z.strictObject({
  kind: z.string(),
  service: z.string().optional(),
  operation: z.string().optional(),
  accountId: z.string().optional(),
  region: z.string().optional(),
  name: z.string().optional(),
  times: z.int().min(1).optional(),
  forMs: z.number().positive().optional(),
  probability: z.number().gt(0).max(1).optional(),
  skip: z.int().min(0).optional(),
  cycle: z.strictObject({ hit: z.int().min(1), pass: z.int().min(0) }).optional(),
  with: z.record(z.string(), z.unknown()).optional(),
})

const latencySchema = z.strictObject({ readMs: z.number().min(0), writeMs: z.number().min(0) })

const targetsSchema = z.array(
  z.strictObject({
    url: z.url(),
    detailType: z.string().optional(),
    duplicates: z.boolean().optional(),
    outOfOrder: z.boolean().optional(),
  }),
)

class Refused extends Error {
  readonly status: number
  constructor(message: string, status = 400) {
    super(message)
    this.status = status
  }
}

const parse = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const result = schema.safeParse(value)
  if (!result.success) throw new Refused(z.prettifyError(result.error))
  return result.data
}

/** Fault kinds that the core or one of the services acts out. */
export const faultKinds = (services: ReadonlyMap<ServiceName, Service>): FaultKinds =>
  Object.assign({}, coreKinds, ...[...services.values()].map((service) => service.faultKinds ?? {}))

const arm = ({ world, services }: Controlled, body: unknown) =>
  (Array.isArray(body) ? body : [body]).map((one) => {
    const request: FaultRequest = parse(faultSchema, one)
    const kinds = Object.keys(faultKinds(services))
    if (!kinds.includes(request.kind))
      throw new Refused(`kind: found '${request.kind}'; allowed: ${kinds.join(', ')}`)
    return world.faults.arm(request)
  })

/** Every resource of the world by kind, for people and for checks that look for what nobody owns. */
export const dumpState = ({ world, services }: Pick<Controlled, 'world' | 'services'>, part?: string) => {
  const parts = [...services.values()].flatMap((service) => Object.entries(service.dumps ?? {}))
  if (part !== undefined && !parts.some(([name]) => name === part)) {
    throw new Refused(`part: found '${part}'; allowed: ${parts.map(([name]) => name).join(', ')}`)
  }
  return Object.fromEntries(
    parts.filter(([name]) => part === undefined || name === part).map(([name, dump]) => [name, dump(world)]),
  )
}

const filterCalls = ({ world }: Controlled, query: URLSearchParams) => {
  const wanted = ['service', 'operation', 'accountId', 'region', 'error', 'principal'] as const
  const calls = world.calls
    .list()
    .filter((call) =>
      wanted.every((name) => query.get(name) === null || query.get(name) === (call[name] ?? '')),
    )
  const limit = Number(query.get('limit') ?? 1000)
  return { total: calls.length, calls: calls.slice(-limit) }
}

const reset = async ({ world, services, seed }: Controlled, body: { empty?: boolean }) => {
  world.reset()
  if (!body.empty) await applySeed(world, services, seed)
  return { reset: true, seeded: body.empty ? [] : Object.keys(seed) }
}

type Route = (context: Controlled, body: any, request: RawRequest, rest: string) => unknown

const ROUTES: Readonly<Record<string, Route>> = {
  'GET health': ({ world }) => ({ status: 'ok', clockRate: world.clock.rate }),
  'GET clock': ({ world }) => ({ now: new Date(world.clock.now()).toISOString(), rate: world.clock.rate }),
  'GET calls': (context, _body, { query }) => filterCalls(context, query),
  'DELETE calls': ({ world }) => ({ cleared: (world.calls.clear(), true) }),
  'GET faults': ({ world, services }) => ({
    faults: world.faults.list(),
    kinds: Object.keys(faultKinds(services)),
  }),
  'POST faults': (context, body) => ({ armed: arm(context, body) }),
  'DELETE faults': ({ world }, _body, _request, id) => ({ cleared: world.faults.clear(id || undefined) }),
  'GET state': (context, _body, { query }) => dumpState(context, query.get('part') ?? undefined),
  'POST seed': async ({ world, services }, body) => (
    await applySeed(world, services, body),
    { seeded: Object.keys(body) }
  ),
  'POST reset': (context, body) => reset(context, body),
  'GET latency': ({ world }) => world.latency,
  'PUT latency': ({ world }, body) => (world.latency = parse(latencySchema, body)),
  'GET events': ({ world }) => ({ events: world.events.list() }),
  'DELETE events': ({ world }) => ({ cleared: (world.events.clear(), true) }),
  'GET event-targets': ({ world }) => ({ targets: world.events.targets() }),
  'PUT event-targets': ({ world }, body) => {
    const targets: readonly EventTarget[] = parse(targetsSchema, body)
    world.events.setTargets(targets)
    return { targets }
  },
  'POST control': ({ world, services }, body, _request, name) => {
    const controls = Object.assign({}, ...[...services.values()].map((service) => service.controls ?? {}))
    const control = controls[name]
    if (!control)
      throw new Refused(`control: found '${name}'; allowed: ${Object.keys(controls).join(', ')}`, 404)
    return control(world, body)
  },
}

/** `/_sandbox/…`: JSON in, JSON out; what is wrong gets 400 or 404 with `{ error }`. See docs/sandbox.md. */
export const answerControl = async (context: Controlled, request: RawRequest): Promise<Answer> => {
  const reply = (status: number, value: unknown): Answer => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(value ?? {}, (_key, inner) => (inner instanceof Map ? [...inner.values()] : inner), 2)}\n`,
  })
  const [, , head = '', ...rest] = request.path.split('/')
  const route = ROUTES[`${request.method} ${head}`]
  try {
    if (!route)
      throw new Refused(
        `no ${request.method} /_sandbox/${head}; there are: ${Object.keys(ROUTES).join(', ')}`,
        404,
      )
    let body: unknown = {}
    if (request.body.length > 0) {
      try {
        body = JSON.parse(request.body.toString('utf8'))
      } catch {
        throw new Refused('the body must be JSON')
      }
    }
    return reply(200, await route(context, body, request, decodeURIComponent(rest.join('/'))))
  } catch (error) {
    const status = error instanceof Refused ? error.status : 400
    return reply(status, { error: error instanceof Error ? error.message : String(error) })
  }
}
