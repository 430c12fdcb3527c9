import { openCalendar } from './calendar.ts'
import { readWorkerConfig } from './config.ts'
import { readTogether } from './environment.ts'
import { fail } from './fail.ts'
import { createLogger } from './logging.ts'
import { readNotify } from './notify-file.ts'
import { readPayloadKeys } from './payload-keys.ts'
import { startWorker } from './run.ts'
import { installRuntime } from './runtime.ts'
import { untilStopped } from './signals.ts'
import { readTracing, startTracing } from './tracing/start.ts'
import { readTemporalSettings, untilTemporalAnswers } from './temporal-connection.ts'

/** The worker process: configuration from the environment, structured logs on stdout, until SIGTERM or SIGINT. */
export async function main(): Promise<void> {
  const stopped = untilStopped()
  const [config, temporal, notify, payloadKeys] = readTogether(
    readWorkerConfig,
    readTemporalSettings,
    () => readNotify('worker', process.env),
    readPayloadKeys,
    readTracing,
  )
  const logger = createLogger('worker', config.logLevel)
  if (config.signingKey === undefined) {
    logger.warn(
      'SLUICE_SIGNING_KEY is not set: no message counts as signed, so rollouts can only be paused and aborted',
    )
  }
  const calendar = config.calendarFile === undefined ? undefined : openCalendar(config.calendarFile, logger)
  installRuntime({ logger, metricsAddress: config.metricsAddress })
  const tracing = await startTracing('sluice-worker', logger)
  const start = async () => {
    await untilTemporalAnswers(temporal, logger)
    return startWorker({ ...config, calendar, temporal, notify, payloadKeys, tracing, logger })
  }
  // Temporal may be slow to answer: who is told to stop meanwhile does not wait for it.
  const worker = await Promise.race([start(), stopped.then(() => undefined)])
  if (!worker) {
    logger.info({ signal: await stopped }, 'shutting down before it polled')
    process.exit(0)
  }
  void stopped.then((signal) => {
    logger.info({ signal }, 'shutting down: running activities may end')
    return worker.close()
  })
  await worker.done
  await tracing?.close()
  logger.info('the worker has ended')
  // A collector that hangs may still hold a connection open.
  if (tracing) process.exit(0)
}

if (process.argv[1] === import.meta.filename) main().catch(fail)
