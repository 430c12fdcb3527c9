import { readFileSync } from 'node:fs'
import { createLogger } from '../../worker/logging.ts'
import { startWorker } from '../../worker/run.ts'
import { installRuntime } from '../../worker/runtime.ts'
import type { TestWorkerOptions } from '../support/worker.ts'
import { createProbe, type Moment } from './probe.ts'
import { readWill, writeWill, type Count } from './will.ts'

/** What the campaign tells a worker process. */
export type Order =
  | { readonly do: 'poll'; readonly options: TestWorkerOptions }
  | ({ readonly do: 'count'; readonly record: boolean } & Count)

/** What a worker process tells the campaign. */
export type Report =
  | { readonly is: 'loaded' }
  | { readonly is: 'polling' }
  | { readonly is: 'counting' }
  | { readonly is: 'moment'; readonly moment: Moment }

// With a callback, because the campaign may be gone already, and then nobody needs to know.
const report = (what: Report): void => void process.send?.(what, undefined, undefined, () => undefined)

let order: Extract<Order, { readonly do: 'count' }> | undefined
let fallen: readonly Moment[] = []
const probe = createProbe((moment) => {
  if (order?.traps?.includes(moment) && !fallen.includes(moment)) {
    writeWill(order.will, { ...probe.tally(), fallen: [...fallen, moment] })
    process.kill(process.pid, 'SIGKILL')
  }
  if (order?.record) report({ is: 'moment', moment })
})

async function poll(options: TestWorkerOptions): Promise<void> {
  Object.assign(process.env, options.env)
  const logger = createLogger('worker', process.env['TEST_LOG_LEVEL'] ?? 'error')
  installRuntime({ logger, metricsAddress: options.metricsAddress })
  const { address, namespace } = options
  const worker = await startWorker({
    temporal: { address, namespace, connection: { address } },
    taskQueue: options.taskQueue,
    clockRate: options.clockRate,
    signingKey: options.env['SLUICE_SIGNING_KEY'],
    shutdownGraceMs: 2_000,
    stickyTimeoutMs: 1_000,
    bundle: { code: readFileSync(options.bundle, 'utf8') },
    logger,
    interceptors: probe.interceptors,
    observers: probe.observers,
  })
  report({ is: 'polling' })
  process.once('SIGTERM', () => void worker.close())
  await worker.done
  process.exit(0)
}

process.on('message', (told: Order) => {
  if (told.do === 'poll') {
    void poll(told.options)
    return
  }
  order = told
  const left = readWill(told.will)
  fallen = left?.fallen ?? []
  probe.reset(told.aliases, left)
  report({ is: 'counting' })
})
process.once('disconnect', () => process.exit(0))
report({ is: 'loaded' })
