import {
  isGrpcDeadlineError,
  QueryNotRegisteredError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { grpcCause } from './grpc-cause.ts'

/** gRPC's numbers for them. */
const CANCELLED = 1
const FAILED_PRECONDITION = 9

/**
 * Whether a query or update failed because nobody ran it: no worker polls, or none was in time. Temporal says so by the
 * deadline, by CANCELLED when the server noticed the deadline first (nothing here cancels a call otherwise), or by
 * FAILED_PRECONDITION when nobody polled lately or the first task has not run.
 */
export function isWorkerAway(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error)) return true
  const cause = grpcCause(error)
  return cause !== undefined && [CANCELLED, FAILED_PRECONDITION].includes(Number(cause.code))
}

/** Why a rollout did not say how it is, where that is no reason to show nothing of it; throws any other error. */
export function whyUnanswered(error: unknown, taskQueue: string): string {
  if (isWorkerAway(error)) return `No worker answers on task queue ${taskQueue}`
  // Also what a worker's failure to replay comes to: it runs other code than the rollout began with.
  if (error instanceof QueryNotRegisteredError)
    return `A worker on task queue ${taskQueue} could not answer (${error.message})`
  throw error
}
