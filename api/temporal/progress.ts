import type { LoadedDataConverter } from '@temporalio/common'
import type { DescribeWorkflowExecutionResponse } from '@temporalio/client'
import type { CopyProgress } from '../../activities/contract.ts'
import type { Progress, Retrying } from '../answers.ts'
import { decodePayload, readFailure } from './payload.ts'

type Pending = NonNullable<DescribeWorkflowExecutionResponse['pendingActivities']>[number]

/** What the activities that are under way say by their heartbeats, and which of them are failing. */
export async function readPending(
  pending: readonly Pending[],
  converter: LoadedDataConverter,
): Promise<{ readonly progress: readonly Progress[]; readonly retrying: readonly Retrying[] }> {
  const progress = await Promise.all(pending.map((activity) => readProgress(activity, converter)))
  const retrying = await Promise.all(pending.map((activity) => readRetrying(activity, converter)))
  return {
    progress: progress.filter((each) => each !== undefined),
    retrying: retrying.filter((each) => each !== undefined),
  }
}

async function readProgress(
  activity: Pending,
  converter: LoadedDataConverter,
): Promise<Progress | undefined> {
  const [payload] = activity.heartbeatDetails?.payloads ?? []
  const details = payload && (await decodePayload(payload, converter))
  if (!isCopyProgress(details)) return undefined
  const { objects, objectsTotal, bytes, bytesTotal } = details
  return { ...nameOf(activity), objects, objectsTotal, bytes, bytesTotal }
}

function nameOf(activity: Pending): { activity: string; activityId: string } {
  return { activity: activity.activityType?.name ?? '', activityId: activity.activityId ?? '' }
}

/** `NotYet` is no failure: with it a poll says that it looks again. */
async function readRetrying(
  activity: Pending,
  converter: LoadedDataConverter,
): Promise<Retrying | undefined> {
  const failure = activity.lastFailure
  if (!failure || failure.applicationFailureInfo?.type === 'NotYet') return undefined
  const next = activity.nextAttemptScheduleTime
  return {
    activity: nameOf(activity).activity,
    attempt: activity.attempt ?? 1,
    failure: await readFailure(failure, converter),
    ...(next?.seconds ? { nextAttemptAt: new Date(Number(next.seconds) * 1000).toISOString() } : {}),
  }
}

function isCopyProgress(details: unknown): details is CopyProgress {
  const members = ['objects', 'objectsTotal', 'bytes', 'bytesTotal'] as const
  return (
    typeof details === 'object' &&
    details !== null &&
    members.every((member) => typeof (details as Record<string, unknown>)[member] === 'number')
  )
}
