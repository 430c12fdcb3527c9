import { readFileSync } from 'node:fs'
import { createLogger } from '../../worker/logging.ts'
import { startWorker, type WorkerOptions } from '../../worker/run.ts'
import { installRuntime } from '../../worker/runtime.ts'

/**
 * The worker as it is deployed, as the rest of this process; see `launchWorker`. Tells its parent when it polls, and ends
 * with it.
 */
export async function runWorker(more: Pick<WorkerOptions, 'observers' | 'interceptors'> = {}): Promise<void> {
  const {
    BENCH_ADDRESS = '',
    BENCH_NAMESPACE = '',
    BENCH_TASK_QUEUE = '',
    BENCH_BUNDLE = '',
    BENCH_CLOCK_RATE = '1',
  } = process.env
  const logger = createLogger('worker', 'error')
  installRuntime({ logger })
  const worker = await startWorker({
    temporal: {
      address: BENCH_ADDRESS,
      namespace: BENCH_NAMESPACE,
      connection: { address: BENCH_ADDRESS },
    },
    taskQueue: BENCH_TASK_QUEUE,
    clockRate: Number(BENCH_CLOCK_RATE),
    signingKey: process.env['SLUICE_SIGNING_KEY'],
    shutdownGraceMs: 2_000,
    bundle: { code: readFileSync(BENCH_BUNDLE, 'utf8') },
    logger,
    ...more,
  })
  process.send?.({ ready: true })
  process.once('SIGTERM', () => void worker.close())
  process.once('disconnect', () => process.exit(0))
  await worker.done
  process.exit(0)
}
