import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow'
import type { Activities } from '../activities/contract.ts'
import { permanentFailures } from '../rollout/failure.ts'
import type { Clock } from './clock.ts'
import { waitsQueue } from './messages.ts'

/**
 * Seconds of work. Cancellation waits until the running attempt has ended, so that a request that is on its way to AWS
 * can never land after the compensation for it.
 */
export function call(clock: Clock, summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: giveUpAfter(clock),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: retryPolicy(clock),
  })
}

/** As `call`, for work over many resources that heartbeats. */
export function sweep(clock: Clock, summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '10m',
    scheduleToCloseTimeout: giveUpAfter(clock),
    heartbeatTimeout: '20s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: retryPolicy(clock),
  })
}

/**
 * As `sweep`, for what asks everything in an account and Region before it deletes something, and waits for its turn to
 * (`unhurried`): however long that takes, and never in a slot that traffic needs.
 */
export function cleanUp(
  clock: Clock,
  summary: string,
): Pick<Activities, 'deleteConfig' | 'deleteModel' | 'prune'> {
  return proxyActivities<Activities>({
    summary,
    taskQueue: waitsQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '24h',
    heartbeatTimeout: '20s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: retryPolicy(clock),
  })
}

/** Looks once an attempt; the server's retry is the poll, so that a wait costs the same history however long it is. */
export function poll(clock: Clock, summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '10s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: retryPolicy(clock),
  })
}

/**
 * Looks until something is found, some minutes an attempt: a retry by the server for each look is most of what thousands of
 * rollouts cost it. That its worker died is noticed when two looks are missing (never before ten seconds), and the next
 * attempt begins at once, however many there were.
 */
export function watch(clock: Clock, summary: string, pollEvery: number): Pick<Activities, 'watchTarget'> {
  return proxyActivities<Pick<Activities, 'watchTarget'>>({
    summary,
    taskQueue: waitsQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '10m',
    heartbeatTimeout: Math.min(Math.max(2 * pollEvery, pollEvery + lookTimeout), longestSilence),
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { ...retryPolicy(clock), backoffCoefficient: 1 },
  })
}

/**
 * Minutes to hours in one heartbeating attempt that can be taken up again. With the id of its step as its own, the API
 * finds the progress of a step in what Temporal knows of its pending activities.
 */
export function copy(clock: Clock, summary: string, activityId?: string): Activities {
  return proxyActivities<Activities>({
    summary,
    ...(activityId === undefined ? {} : { activityId }),
    startToCloseTimeout: '24h',
    heartbeatTimeout: '30s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: retryPolicy(clock),
  })
}

/** The record is worth ten minutes of trying: an outcome must not wait for a bucket. */
export function brief(clock: Clock, summary: string): Activities {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: Math.max(clock.real(10 * 60_000), 60_000),
    retry: retryPolicy(clock),
  })
}

/** In the workflow's own worker, without a queue: for checks that a person waits for. */
export const local = proxyLocalActivities<Pick<Activities, 'verifyMessage' | 'readFreezes'>>({
  startToCloseTimeout: '5s',
})

/** An account or Region that does not answer for so long stops the way forward; compensations begin anew (`persist`). */
function giveUpAfter(clock: Clock): number {
  return Math.max(clock.real(60 * 60_000), 5 * 60_000)
}

/** Milliseconds that one look at alarms usually takes at most, with its history. */
const lookTimeout = 10_000
/** Looks that are further apart are attempts of their own. */
const longestSilence = 2 * 60_000

function retryPolicy(clock: Clock) {
  return {
    initialInterval: Math.max(100, clock.real(1_000)),
    backoffCoefficient: 2,
    maximumInterval: Math.max(500, clock.real(30_000)),
    nonRetryableErrorTypes: [...permanentFailures],
  }
}
