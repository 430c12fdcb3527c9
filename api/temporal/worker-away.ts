import {
  isGrpcDeadlineError,
  isGrpcServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'

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
  const cause = isGrpcServiceError(error) ? error : error instanceof Error ? error.cause : undefined
  return isGrpcServiceError(cause) && [CANCELLED, FAILED_PRECONDITION].includes(Number(cause.code))
}
