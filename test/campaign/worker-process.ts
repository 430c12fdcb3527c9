import { readFileSync } from 'node:fs'
import { createLogger } from '../../worker/logging.ts'
import { startWorker } from '../../worker/run.ts'
import { installRuntime } from '../../worker/runtime.ts'
import type { TestWorkerOptions } from '../support/worker.ts'
import { createProbe, type Moment } from './probe.ts'

/** What the campaign tells a worker process. */
export type Order =
  | { readonly do: 'poll'; readonly options: TestWorkerOptions }
  /** Counts anew; ends the process with SIGKILL at `trap`, tells of every moment with `record`. */
  | {
      readonly do: 'count'
      readonly aliases: Readonly<Record<string, string>>
      readonly trap?: Moment
      readonly record?: boolean
    }

/** What a worker process tells the campaign. */
export type Report =
  | { readonly is: 'loaded' }
  | { readonly is: 'polling' }
  | { readonly is: 'counting' }
  | { readonly is: 'moment'; readonly moment: Moment }

// With a callback, because the campaign may be gone already, and then nobody needs to know.
const report = (what: Report): void => void process.send?.(what, undefined, undefined, () => undefined)

let trap: Moment | undefined
let record = false
const probe = createProbe((moment) => {
  if (moment === trap) process.kill(process.pid, 'SIGKILL')
  if (record) report({ is: 'moment', moment })
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

process.on('message', (order: Order) => {
  if (order.do === 'poll') {
    void poll(order.options)
    return
  }
  trap = order.trap
  record = order.record ?? false
  probe.reset(order.aliases)
  report({ is: 'counting' })
})
process.once('disconnect', () => process.exit(0))
report({ is: 'loaded' })
