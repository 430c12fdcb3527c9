import { readFileSync } from 'node:fs'
import type { WorkerVersion } from '../../worker/config.ts'
import { openCalendar } from '../../worker/calendar.ts'
import { createLogger } from '../../worker/logging.ts'
import { readNotify } from '../../worker/notify-file.ts'
import { readPayloadKeys } from '../../worker/payload-keys.ts'
import { startTracing } from '../../worker/tracing/start.ts'
import { startWorker } from '../../worker/run.ts'
import { installRuntime } from '../../worker/runtime.ts'

/** A worker as a process of its own, so that tests can kill it. Says `ready` when it polls. */
const {
  TEST_ADDRESS = '',
  TEST_NAMESPACE = '',
  TEST_TASK_QUEUE = '',
  TEST_BUNDLE = '',
  TEST_CLOCK_RATE = '1',
  TEST_VERSION = '',
} = process.env
const logger = createLogger('worker', process.env['TEST_LOG_LEVEL'] ?? 'error')
installRuntime({ logger, metricsAddress: process.env['TEST_METRICS'] })
const tracing = await startTracing('sluice-worker', logger)
const worker = await startWorker({
  temporal: { address: TEST_ADDRESS, namespace: TEST_NAMESPACE, connection: { address: TEST_ADDRESS } },
  taskQueue: TEST_TASK_QUEUE,
  clockRate: Number(TEST_CLOCK_RATE),
  signingKey: process.env['SLUICE_SIGNING_KEY'],
  notify: readNotify('worker', process.env),
  ...(process.env['SLUICE_CALENDAR_FILE'] === undefined
    ? {}
    : { calendar: openCalendar(process.env['SLUICE_CALENDAR_FILE'], logger) }),
  payloadKeys: readPayloadKeys(),
  shutdownGraceMs: 2_000,
  stickyTimeoutMs: 1_000,
  bundle: { code: readFileSync(TEST_BUNDLE, 'utf8') },
  logger,
  tracing,
  version: TEST_VERSION === '' ? undefined : (JSON.parse(TEST_VERSION) as WorkerVersion),
})
process.stdout.write('ready\n')
process.once('SIGTERM', () => void worker.close())
process.once('disconnect', () => process.exit(0))
await worker.done
await tracing?.close()
process.exit(0)
