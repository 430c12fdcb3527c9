import { proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { NoticeActivities } from '../../activities/notices/contract.ts'
import { permanentFailures } from '../../rollout/failure.ts'
import type { Clock } from '../clock.ts'
import { noticesQueue } from '../messages.ts'

/** A receiver that is away for longer gets no more of it; it stays visible on the rollout. */
const giveUpAfter = 24 * 60 * 60_000

/** Looking never gives up: a look that fails is made up for by the next attempt. */
export function looking(): NoticeActivities {
  return proxyActivities<NoticeActivities>({
    summary: 'what is new in the rollout',
    taskQueue: noticesQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '15s',
    retry: { initialInterval: '1s', maximumInterval: '30s' },
  })
}

/**
 * What goes out: tried by the server for a day, with back-off.
 * @param activityId by which the API finds out how often it was tried, and why it failed
 */
export function sending(clock: Clock, activityId: string, summary: string): NoticeActivities {
  return proxyActivities<NoticeActivities>({
    activityId,
    summary,
    taskQueue: noticesQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '60s',
    scheduleToCloseTimeout: Math.max(60_000, clock.real(giveUpAfter)),
    retry: {
      initialInterval: Math.max(100, clock.real(2_000)),
      backoffCoefficient: 2,
      maximumInterval: Math.max(1_000, clock.real(5 * 60_000)),
      nonRetryableErrorTypes: [...permanentFailures],
    },
  })
}
