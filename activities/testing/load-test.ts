import { Context } from '@temporalio/activity'
import type { LoadTest } from '../../rollout/document/types.ts'
import type { Measurement } from '../../rollout/view.ts'
import { percentile, samplesNeeded } from '../../rollout/verdict/percentile.ts'
import type { RunTest, TestResult } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { inferenceId, invoke } from '../endpoint/invoke.ts'
import { heartbeating } from '../heartbeat.ts'
import { measured, milliseconds, resultOf } from './results.ts'

/** What a load came to, from a client's side. */
export interface LoadRun {
  /** Of successful requests, milliseconds. */
  readonly latencies: readonly number[]
  readonly failed: number
  /** An example of what went wrong. */
  readonly error?: string
}

const mostAtOnce = 100
/** On a raised clock the machine is the bottleneck: more at once would measure its own queue. */
const mostAtOnceScaled = 8
const percentiles = [50, 90, 95, 99] as const

/**
 * Sends requests on a fixed schedule, whether or not earlier ones were answered, as users do. Rate and duration are scaled by
 * the clock together, so that the number of requests is the document's.
 */
export async function runLoadTest(deps: Dependencies, input: RunTest, test: LoadTest): Promise<TestResult> {
  const total = Math.max(1, Math.round((test.requestsPerSecond * test.duration) / 1000))
  const interval = 1000 / test.requestsPerSecond / deps.clockRate
  const run = await offer(deps, input, test, total, interval)
  return judgeLoad(input, test, total, run)
}

async function offer(
  deps: Dependencies,
  { target, rolloutId, step }: RunTest,
  test: LoadTest,
  total: number,
  interval: number,
): Promise<LoadRun> {
  const runtime = deps.aws.runtime(target, rolloutId)
  const latencies: number[] = []
  let failed = 0
  let error: string | undefined
  let next = 0
  const began = performance.now()
  const lane = async () => {
    while (next < total) {
      const number = next++
      const due = began + number * interval
      const early = due - performance.now()
      if (early > 0) await Context.current().sleep(early)
      const late = Math.max(0, performance.now() - due)
      const answer = await invoke(runtime, {
        endpoint: target.endpoint,
        contentType: test.contentType,
        body: test.body,
        inferenceId: inferenceId(rolloutId, `t${step}-${number + 1}`),
      })
      // A user who had to wait for a free connection waited. On a raised clock the schedule is nobody's, only its count is.
      const waited = deps.clockRate === 1 ? late : 0
      if (answer.ok) latencies.push(answer.milliseconds + waited)
      else {
        failed += 1
        error ??= `status ${answer.status || 'none'}: ${answer.error}`
      }
    }
  }
  const most = deps.clockRate === 1 ? mostAtOnce : mostAtOnceScaled
  // A cancelled lane stops the others at their next request; none runs on behind the activity.
  const stoppable = () =>
    lane().catch((reason: unknown) => {
      next = total
      throw reason
    })
  await heartbeating(
    () => ({ requests: latencies.length + failed, of: total, failed }),
    async () => {
      const lanes = await Promise.allSettled(Array.from({ length: Math.min(most, total) }, stoppable))
      for (const end of lanes) if (end.status === 'rejected') throw end.reason
    },
  )
  return { latencies, failed, ...(error !== undefined && { error }) }
}

/** Latencies are the client's, network included. A percentile with fewer than 10 samples in its tail fails: it says nothing. */
export function judgeLoad(
  input: Pick<RunTest, 'test' | 'step' | 'target'>,
  test: LoadTest,
  total: number,
  { latencies, failed, error }: LoadRun,
): TestResult {
  const problems: string[] = []
  const measurements: Measurement[] = []
  const rate = failed / total
  const fewErrors = rate <= test.maxErrorRate
  measurements.push(
    measured(input, 'error rate', {
      value: rate,
      unit: 'rate',
      limit: test.maxErrorRate,
      passed: fewErrors,
      samples: total,
    }),
  )
  if (!fewErrors) {
    problems.push(
      `${failed} of ${total} requests failed, and a rate of ${test.maxErrorRate} is allowed (${error})`,
    )
  }
  for (const percent of percentiles) {
    const limit = test[`p${percent}`]
    const value = percentile(latencies, percent)
    if (value === null) {
      if (limit !== undefined) {
        problems.push(
          `p${percent} needs ${samplesNeeded(percent)} successful requests, and there were ${latencies.length}; ` +
            'raise requestsPerSecond or duration',
        )
      }
      continue
    }
    const passed = limit === undefined || value <= limit
    if (!passed)
      problems.push(`p${percent} latency (client) is ${milliseconds(value)}, and ${limit} ms are allowed`)
    measurements.push(
      measured(input, `p${percent} latency (client)`, {
        value,
        unit: 'ms',
        ...(limit !== undefined && { limit }),
        passed,
        samples: latencies.length,
      }),
    )
  }
  return resultOf(problems, `${total} requests, ${failed} failed`, measurements)
}
