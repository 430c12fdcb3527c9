import { readFileSync } from 'node:fs'
import type { Info } from '@temporalio/activity'
import { createLogger } from '../../worker/logging.ts'
import { startWorker } from '../../worker/run.ts'
import { installRuntime } from '../../worker/runtime.ts'
import { pollEveryMs, type Looks } from './looks.ts'

/**
 * The worker as it is deployed, in a process of its own, that also notes how late each look at alarms begins. Asked by any
 * message, it tells what it has noted since the last one.
 */
const { BENCH_ADDRESS = '', BENCH_NAMESPACE = '', BENCH_TASK_QUEUE = '', BENCH_BUNDLE = '' } = process.env
const logger = createLogger('worker', 'error')
installRuntime({ logger })

/** When the last look at a target began, by its activity. */
const lastLook = new Map<string, number>()
let lateness: number[] = []
let describeAlarms = 0
let looks = 0

function note({ workflowExecution, activityId }: Info): void {
  const key = `${workflowExecution?.runId} ${activityId}`
  const [now, before] = [performance.now(), lastLook.get(key)]
  looks += 1
  if (before !== undefined) lateness.push(now - before - pollEveryMs)
  lastLook.set(key, now)
}

const worker = await startWorker({
  temporal: {
    address: BENCH_ADDRESS,
    namespace: BENCH_NAMESPACE,
    connection: { address: BENCH_ADDRESS },
  },
  taskQueue: BENCH_TASK_QUEUE,
  clockRate: 1,
  signingKey: process.env['SLUICE_SIGNING_KEY'],
  shutdownGraceMs: 2_000,
  bundle: { code: readFileSync(BENCH_BUNDLE, 'utf8') },
  logger,
  observers: {
    onRequest: ({ operation }) => {
      if (operation === 'DescribeAlarms') describeAlarms += 1
    },
  },
  interceptors: {
    activity: [
      (context) => ({
        inbound: {
          execute: (input, next) => {
            if (context.info.activityType === 'watchTarget') note(context.info)
            return next(input)
          },
        },
      }),
    ],
  },
})
process.on('message', () => {
  const noted: Looks = {
    lateness,
    describeAlarms,
    looks,
    heapMiB: process.memoryUsage().heapUsed / 1024 ** 2,
  }
  lateness = []
  describeAlarms = 0
  looks = 0
  process.send?.(noted)
})
process.send?.({ ready: true })
process.once('SIGTERM', () => void worker.close())
process.once('disconnect', () => process.exit(0))
await worker.done
process.exit(0)
