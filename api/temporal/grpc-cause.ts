import { isGrpcServiceError } from '@temporalio/client'

/** What Temporal's server answered with, whether the client wrapped it or not; undefined for any other failure. */
export function grpcCause(thrown: unknown) {
  if (isGrpcServiceError(thrown)) return thrown
  const cause = thrown instanceof Error ? thrown.cause : undefined
  return isGrpcServiceError(cause) ? cause : undefined
}
