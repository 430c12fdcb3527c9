import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { WorldAccounts } from '../../examples/world.ts'
import type { RolloutView } from '../../rollout/view.ts'
import { reportChargebacks } from '../support/business.ts'
import { askAt, startStackOn, type Stack } from '../support/start-stack.ts'
import { readWorld } from '../support/world-state.ts'
import { startApiServer, type ApiServer } from './api-server.ts'
import { createLedger, type Effect } from './ledger.ts'
import type { Moment } from './probe.ts'
import type { Scenario, Stage } from './scenario.ts'
import type { CampaignSurroundings, MortalTemporal } from './surroundings.ts'
import { readWill, type Count } from './will.ts'
import { createWorkerPool, type CountingWorker } from './workers.ts'
import { autoscaling, type CampaignWorld } from './world.ts'

/** A stack that plays one point after another, each in a world of its own. */
export interface Lane {
  /** Sets the stage for a point; `aliases` are names for its accounts. */
  set(scenario: Pick<Scenario, 'world' | 'seed'>, seed: number): Promise<SetStage>
  close(): Promise<void>
}

export interface SetStage {
  readonly stage: Stage
  readonly aliases: Readonly<Record<string, string>>
  /** Ends what the point left running. */
  clear(): Promise<void>
}

/** Real seconds: a killed worker's activity is tried again after its own 30, and a machine under load is slow. */
const PATIENCE = 400

export interface LaneOptions {
  /** The lane's own, which may be killed and ends with it. */
  readonly temporal?: MortalTemporal | undefined
  readonly clockRate?: number
}

export async function openLane(
  surroundings: CampaignSurroundings,
  world: CampaignWorld,
  { temporal, clockRate = 150 }: LaneOptions = {},
): Promise<Lane> {
  const pool = createWorkerPool(surroundings.workerScript)
  const ledger = createLedger()
  let worker: CountingWorker | undefined
  let counting: Count | undefined
  const stack = await startStackOn(
    { ...surroundings, ...(temporal ? { temporal } : {}) },
    {
      ...world.options,
      clockRate,
      services: ledger.services,
      deadlines: { query: 15_000 },
      launchWorker: async (options) => (worker = await pool.launch(options, counting)),
    },
  )
  return {
    async set(scenario, seed) {
      await stack.renew(scenario.world)
      const { accounts } = stack
      await stack.seed(autoscaling(accounts))
      const aliases = aliasesOf(accounts)
      const began: (() => void)[] = []
      let cleared = false
      let replaced: Promise<void> = Promise.resolve()
      const until = waiter(stack)
      let api: ApiServer | undefined
      let apiTraps: Readonly<Record<string, string>> = {}
      let request = ''
      const begin = async (name: string): Promise<void> => {
        request = name
        await api?.count(apiTraps[name])
      }
      const ask: Stack['ask'] = (...request) => askAt(api?.url ?? stack.api.url, ...request)
      const count = async (what: Count): Promise<void> => worker?.count((counting = what))
      /** As a supervisor would, as often as it is needed. */
      const replaceWhenDead = (): void => {
        void worker?.ended.then(() => {
          if (!cleared) replaced = stack.startWorker().then(replaceWhenDead)
        })
      }
      const will = join(tmpdir(), `sluice-will-${randomUUID()}.json`)
      const traps: Moment[] = []
      const stage: Stage = {
        stack,
        before: await readWorld(stack),
        ledger,
        seed,
        document: (members) => world.document(accounts, members),
        async start(document) {
          await begin('start')
          return start(ask, document)
        },
        async decide(id, verb, by = 'mia', body = {}) {
          await begin(verb)
          const path = verb === 'promoteFull' ? 'promote-full' : verb
          const decision = { decisionId: randomUUID(), ...body }
          return persist(() => ask(by, 'POST', `/v1/rollouts/${id}/${path}`, decision))
        },
        until,
        ended: (id, seconds) => until(id, (view) => view.phase === 'Ended', seconds),
        effect: (so) => firstEffect(ledger.first(so)),
        firstTraffic: (region) => firstEffect(ledger.first((one) => isTraffic(one, region))),
        async alarm(region) {
          began.push(await reportChargebacks(stack, region, 0.9))
        },
        async crash() {
          await stack.killWorker()
          await stack.startWorker()
        },
        async crashAt(trap) {
          traps.push(trap)
          await count({ aliases, traps, will })
          if (traps.length === 1) replaceWhenDead()
          return { happened: () => readWill(will)?.fallen.includes(trap) ?? false }
        },
        async crashTemporal() {
          if (!temporal) throw new Error('the point has no Temporal server of its own')
          replaceWhenDead()
          await temporal.crash()
        },
        async useApiProcess(trapped = {}, onMoment) {
          apiTraps = trapped
          api = await startApiServer(stack.apiSettings, {
            onMoment: (moment) => onMoment?.(request, moment),
          })
          return { happened: () => (api?.deaths() ?? 0) > 0 }
        },
        record: async (onMoment) => worker?.count({ aliases }, onMoment),
      }
      if (scenario.seed) {
        await stack.seed(scenario.seed(stage))
        Object.assign(stage, { before: await readWorld(stack) })
      }
      ledger.reset(stage.before.endpoints)
      await count({ aliases })
      return {
        stage,
        aliases,
        async clear() {
          for (const stop of began) stop()
          await replaced
          await api?.close()
          cleared = true
          stack.sandbox.world.faults.clear()
          await rm(will, { force: true })
        },
      }
    },
    async close() {
      await stack.close()
      await pool.close()
      await temporal?.close()
    },
  }
}

function aliasesOf(accounts: WorldAccounts): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(accounts).map(([name, id]) => [id, name]))
}

function isTraffic({ operation, region, input }: Effect, wanted: string): boolean {
  if (operation !== 'UpdateEndpointWeightsAndCapacities' || region !== wanted) return false
  const asked = (input['DesiredWeightsAndCapacities'] ?? []) as readonly {
    readonly VariantName: string
    readonly DesiredWeight?: number
  }[]
  return asked.some((one) => one.VariantName.startsWith('c-') && (one.DesiredWeight ?? 0) > 0)
}

async function firstEffect(found: Promise<Effect>): Promise<Effect> {
  const stop = new AbortController()
  const late = delay(PATIENCE * 1_000, undefined, { signal: stop.signal }).then(() => {
    throw new Error('what the point waits for never took effect')
  })
  late.catch(() => undefined)
  return Promise.race([found, late]).finally(() => stop.abort())
}

/** The same request again as long as nobody knows what came of it. */
async function persist<T extends { readonly status: number; readonly body: unknown }>(
  send: () => Promise<T>,
): Promise<T> {
  const giveUp = Date.now() + PATIENCE * 1_000
  for (;;) {
    const answer = await send().catch(() => undefined)
    if (answer && answer.status < 500) return answer
    if (Date.now() > giveUp)
      throw new Error(`no answer but ${answer?.status} ${JSON.stringify(answer?.body)}`)
    await delay(200)
  }
}

async function start(ask: Stack['ask'], document: unknown): Promise<string> {
  const headers = { 'idempotency-key': randomUUID() }
  const { status, body } = await persist(() =>
    ask<{ id: string }>('zoe', 'POST', '/v1/rollouts', document, headers),
  )
  if (status !== 202) throw new Error(`it is refused: ${status} ${JSON.stringify(body, null, 2)}`)
  return body.id
}

/** There may be no view while a worker or the server is away. */
function waiter(stack: Stack): Stage['until'] {
  return async (id, so, seconds = PATIENCE) => {
    const giveUp = Date.now() + seconds * 1_000
    for (;;) {
      const view = await readWhole(stack, id)
      if (view && holds(so, view)) return view
      if (view?.phase === 'Ended') throw new Error(`it ended ${view.outcome}: ${view.reason}`)
      if (Date.now() > giveUp)
        throw new Error(`after ${seconds} s it is still ${view?.phase}: ${view?.message}`)
      await delay(2_000)
    }
  }
}

/** What the rollout itself says; while no worker answers the API only has what was written down last. */
async function readWhole(stack: Stack, id: string): Promise<RolloutView | undefined> {
  const view: (RolloutView & { readonly stale?: boolean }) | undefined = await stack
    .view(id)
    .catch(() => undefined)
  return view?.stale ? undefined : view
}

function holds(so: (view: RolloutView) => boolean, view: RolloutView): boolean {
  try {
    return so(view)
  } catch {
    return false
  }
}
