import type { Context, Info } from '@temporalio/activity'
import { runWorker } from '../support/run-worker.ts'
import { pollEveryMs, type Looks } from './looks.ts'

/**
 * The worker as it is deployed, in a process of its own, that also notes how regular its looks at alarms are. Asked by any
 * message, it tells what it has noted since the last one.
 */
const lastLook = new Map<string, number>()
let lateness: number[] = []
let describeAlarms = 0
let looks = 0

/** Every look ends with a heartbeat, many of them in one attempt. */
function noteLooks(context: Context): void {
  const beat = context.heartbeat.bind(context)
  const noted: Context['heartbeat'] = (details) => {
    note(context.info)
    beat(details)
  }
  Object.assign(context, { heartbeat: noted })
}

function note({ workflowExecution, activityId }: Info): void {
  const key = `${workflowExecution?.runId} ${activityId}`
  const [now, before] = [performance.now(), lastLook.get(key)]
  looks += 1
  if (before !== undefined) lateness.push(now - before - pollEveryMs)
  lastLook.set(key, now)
}

process.on('message', () => {
  const heapMiB = process.memoryUsage().heapUsed / 1024 ** 2
  const noted: Looks = { lateness, describeAlarms, looks, heapMiB }
  lateness = []
  describeAlarms = 0
  looks = 0
  process.send?.(noted)
})

await runWorker({
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
            if (context.info.activityType === 'watchTarget') noteLooks(context)
            return next(input)
          },
        },
      }),
    ],
  },
})
