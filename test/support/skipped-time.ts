import { activityInfo } from '@temporalio/activity'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { readFileSync } from 'node:fs'
import { createLogger } from '../../worker/logging.ts'
import { startWorker } from '../../worker/run.ts'
import { startStackOn, type Stack, type StackOptions } from './start-stack.ts'

/**
 * A stack on a time-skipping server, at the clock rate 1: the worker runs in this process, and every activity first takes
 * the sandbox to the server's time. The test passes the time itself (`environment.sleep`, or waiting for a result).
 */
export async function startInSkippedTime(
  environment: TestWorkflowEnvironment,
  bundle: string,
  options: StackOptions,
): Promise<Stack> {
  const { address } = environment.connection.options
  const logger = createLogger('worker', process.env['TEST_LOG_LEVEL'] ?? 'error')
  let stack: Stack | undefined = undefined
  const started: Stack = await startStackOn(
    { temporal: { address, namespace: environment.namespace ?? 'default' }, bundle },
    {
      ...options,
      clockRate: 1,
      launchWorker: async ({ namespace, taskQueue, clockRate, env }) => {
        const worker = await startWorker({
          temporal: { address, namespace, connection: { address } },
          taskQueue,
          clockRate,
          signingKey: env['SLUICE_SIGNING_KEY'],
          shutdownGraceMs: 2_000,
          watchByRetries: true,
          bundle: { code: readFileSync(bundle, 'utf8') },
          logger,
          env,
          interceptors: {
            activity: [
              () => ({
                inbound: {
                  execute: async (input, next) => {
                    stack?.sandbox.world.clock.leapTo(activityInfo().currentAttemptScheduledTimestampMs)
                    return next(input)
                  },
                },
              }),
            ],
          },
        })
        return { kill: worker.close, close: worker.close }
      },
    },
  )
  stack = started
  return started
}
