import { readWorkerConfig } from './config.ts'
import { ConfigError } from './environment.ts'
import { createLogger } from './logging.ts'
import { startWorker } from './run.ts'
import { installRuntime } from './runtime.ts'
import { readTemporalSettings } from './temporal-connection.ts'

/** The worker process: configuration from the environment, structured logs on stdout, until SIGTERM or SIGINT. */
export async function main(): Promise<void> {
  const config = readWorkerConfig()
  const logger = createLogger('worker', config.logLevel)
  if (config.signingKey === undefined) {
    logger.warn(
      'SLUICE_SIGNING_KEY is not set: no message counts as signed, so rollouts can only be paused and aborted',
    )
  }
  installRuntime({ logger, metricsAddress: config.metricsAddress })
  const worker = await startWorker({ ...config, temporal: readTemporalSettings(), logger })
  const stop = (signal: string) => {
    logger.info({ signal }, 'shutting down: running activities may end')
    void worker.close()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  await worker.done
  logger.info('the worker has ended')
}

/** Says what is wrong in the way of an operator and ends the process. */
export function fail(error: unknown): never {
  const lines =
    error instanceof ConfigError ? error.problems : [error instanceof Error ? error.message : String(error)]
  for (const line of lines) process.stderr.write(`${line}\n`)
  process.exit(error instanceof ConfigError ? 64 : 1)
}

if (process.argv[1] === import.meta.filename) main().catch(fail)
