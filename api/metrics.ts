import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { outcomes, phases, type Phase, type Verb } from '../rollout/phases.ts'
import { within, type ApiContext } from './context.ts'
import { listRollouts } from './temporal/list-rollouts.ts'
import { writeQuery } from './temporal/visibility.ts'

/** Visibility is asked once in so long, however many scrape. */
const FRESH_MS = 10_000

/** Ours, beside those of Node. `help` is what Prometheus shows, and the manual. */
export const apiMetrics = {
  requests: {
    name: 'sluice_http_request_duration_seconds',
    help: 'HTTP requests by method, route and status',
    labelNames: ['method', 'route', 'status'],
  },
  decisions: {
    name: 'sluice_decisions_total',
    help: 'Decisions that people sent through this API and that were taken',
    labelNames: ['verb', 'result'],
  },
  streams: { name: 'sluice_event_streams', help: 'Event streams that are open', labelNames: [] },
  running: {
    name: 'sluice_rollouts',
    help: 'Rollouts that are not over, by phase; asked of Temporal at most every ten seconds',
    labelNames: ['phase'],
  },
  ages: {
    name: 'sluice_rollout_phase_age_seconds',
    help: 'How long the rollout that has been longest in a phase has been in it; 0 without one',
    labelNames: ['phase'],
  },
  ended: {
    name: 'sluice_rollouts_ended',
    help: 'Rollouts that are over and that Temporal still keeps, by outcome',
    labelNames: ['outcome'],
  },
} as const

export interface Metrics {
  /** Counts and times every request by its route, never by its path. */
  readonly measure: RequestHandler
  readonly answer: RequestHandler
  decided(verb: Verb, result: string): void
}

export function createMetrics(context: ApiContext, streams: { size(): number }): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    ...apiMetrics.requests,
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 30],
    registers,
  })
  const decisions = new Counter({
    ...apiMetrics.decisions,
    registers,
  })
  new Gauge({
    ...apiMetrics.streams,
    registers,
    collect() {
      this.set(streams.size())
    },
  })
  const running = new Gauge({
    ...apiMetrics.running,
    registers,
  })
  const ages = new Gauge({
    ...apiMetrics.ages,
    registers,
  })
  const ended = new Gauge({
    ...apiMetrics.ended,
    registers,
  })
  let countedAt = 0
  const count = async (): Promise<void> => {
    if (Date.now() - countedAt < FRESH_MS) return
    const counted = await countRollouts(context)
    for (const [phase, number] of counted.phases) running.set({ phase }, number)
    for (const [phase, age] of counted.ages) ages.set({ phase }, age)
    for (const [outcome, number] of counted.outcomes) ended.set({ outcome }, number)
    countedAt = Date.now()
  }
  return {
    measure(request, response, next) {
      const stop = requests.startTimer({ method: request.method })
      response.on('finish', () => {
        // Routes stand with their whole path: what a router was mounted at is forgotten once an error has left it.
        const route = request.route as { path?: string } | undefined
        stop({ route: route?.path ?? 'none', status: String(response.statusCode) })
      })
      next()
    },
    async answer(_request, response) {
      await count()
      response.type(registry.contentType).send(await registry.metrics())
    },
    decided: (verb, result) => decisions.inc({ verb, result }),
  }
}

async function countRollouts(context: ApiContext) {
  const of = (query: string) =>
    within(context, 'call', () => context.client.workflow.count(query)).then(({ count }) => count)
  const running = phases.filter((phase) => phase !== 'Ended')
  const phased = await Promise.all(
    running.map(
      async (phase) => [phase, await of(`${writeQuery({ phase })} AND ExecutionStatus = 'Running'`)] as const,
    ),
  )
  return {
    phases: phased,
    ages: await Promise.all(
      phased.map(
        async ([phase, number]) => [phase, number === 0 ? 0 : await longestIn(context, phase)] as const,
      ),
    ),
    outcomes: await Promise.all(
      outcomes.map(async (outcome) => [outcome, await of(writeQuery({ outcome }))] as const),
    ),
  }
}

/** Seconds; of the first thousand rollouts, which are more than a phase ever holds but Baking and Promoted. */
async function longestIn(context: ApiContext, phase: Phase): Promise<number> {
  const { rollouts } = await listRollouts(context, { phase }, { limit: 1_000 })
  const since = rollouts.flatMap((line) => (line.execution === 'running' ? Date.parse(line.since) : []))
  return since.length === 0 ? 0 : Math.max(0, (Date.now() - Math.min(...since)) / 1_000)
}
