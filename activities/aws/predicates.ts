import { ApplicationFailure } from '@temporalio/common'

/**
 * What an error says, whether it came from an SDK or was mapped already. SageMaker models almost none of its errors and
 * documents no text, so messages are matched by prefix or by a phrase, never whole.
 */
export interface AwsAnswer {
  readonly name: string
  readonly message: string
  readonly status: number | undefined
  /** Of ECR's UploadLayerPart: how far the upload has come. */
  readonly lastValidByteReceived?: number
}

/** The SDK's error behind a failure, or the error itself; undefined for what AWS did not say. */
export function awsAnswer(error: unknown): AwsAnswer | undefined {
  let at: unknown = error
  for (let depth = 0; depth < 8 && at instanceof Error; depth++) {
    if (!(at instanceof ApplicationFailure) && '$metadata' in at) {
      const metadata = at.$metadata as { readonly httpStatusCode?: number } | undefined
      return {
        name: at.name,
        message: at.message,
        status: metadata?.httpStatusCode,
        ...('lastValidByteReceived' in at && { lastValidByteReceived: Number(at.lastValidByteReceived) }),
      }
    }
    at = at.cause
  }
  return undefined
}

const says = (error: unknown, name: RegExp, message?: RegExp): boolean => {
  const answer = awsAnswer(error)
  return answer !== undefined && name.test(answer.name) && (message?.test(answer.message) ?? true)
}

/** A create met something of the same name: our own earlier attempt, or somebody else's. */
export function isAlreadyExists(error: unknown): boolean {
  return (
    says(error, /^ValidationException$/, /^Cannot create already existing|already exists/i) ||
    says(error, /^ResourceInUse(Exception)?$/, /already exist|already in use/i) ||
    says(error, /AlreadyExists(Exception)?$|^BucketAlreadyOwnedByYou$/)
  )
}

/** What was asked for does not exist. */
export function isNotFound(error: unknown): boolean {
  const answer = awsAnswer(error)
  if (!answer) return error instanceof ApplicationFailure && error.type === 'NotFound'
  return (
    says(error, /^Validation(Exception|Error)$/, /^Could not find |does not exist\.?$|not found\.?$/i) ||
    says(
      error,
      /NotFound(Exception)?$|^NoSuch(Key|Bucket|Upload|Version|Entity|TagSet)$|^ResourceNotFound/,
    ) ||
    answer.status === 404
  )
}

/** The endpoint is being created, updated, patched or deleted and takes no other change meanwhile. */
export function isInProgress(error: unknown): boolean {
  return says(
    error,
    /^Validation(Exception|Error)$/,
    /^Cannot (update|delete) (an? )?in-progress|in-progress endpoint|(Creating|Updating|SystemUpdating|Deleting|RollingBack)\b.*(state|status)|state.*(Creating|Updating|SystemUpdating|Deleting|RollingBack)\b/i,
  )
}

const THROTTLES =
  /^(Throttling|ThrottlingException|ThrottledException|RequestThrottled(Exception)?|TooManyRequestsException|RequestLimitExceeded|SlowDown|PriorRequestNotComplete|BandwidthLimitExceeded|ProvisionedThroughputExceededException|TransactionInProgressException)$/

/** Too many requests: the same request is fine later. */
export function isThrottle(error: unknown): boolean {
  const answer = awsAnswer(error)
  if (!answer) return error instanceof ApplicationFailure && error.type === 'Throttled'
  return THROTTLES.test(answer.name) || (answer.status === 429 && answer.name !== 'ModelNotReadyException')
}

/** An account limit, which no retry moves. ECR and Application Auto Scaling call it LimitExceededException. */
export function isQuota(error: unknown): boolean {
  return says(
    error,
    /^(ResourceLimitExceeded|LimitExceeded(Exception|Fault)?|ServiceQuotaExceededException)$/,
  )
}

/** The session is over; another one will do. */
export function isExpired(error: unknown): boolean {
  return says(error, /^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired)$/)
}

/** Who asks is not allowed to, or is not known. */
export function isDenied(error: unknown): boolean {
  const answer = awsAnswer(error)
  if (!answer) return error instanceof ApplicationFailure && error.type === 'Denied'
  return (
    /^(AccessDenied(Exception)?|UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken(Exception)?|NotAuthorized|UnauthorizedOperation|AuthFailure|AllAccessDisabled|OptInRequired|RegionDisabledException|Forbidden|KMSAccessDeniedException|InvalidLayerPartAccess)$/.test(
      answer.name,
    ) || answer.status === 403
  )
}

/** Somebody changed the same thing at the same moment: read again and repeat. */
export function isConcurrentChange(error: unknown): boolean {
  return says(
    error,
    /^(ConflictException|Concurrent(Update|Modification)Exception|OperationAborted|ConcurrentModification(Fault)?|OptimisticLockException)$/,
  )
}

/** Permissions and new objects take a while to be seen everywhere; SageMaker then says that it cannot read. */
export function isSettling(error: unknown): boolean {
  return says(
    error,
    /^Validation(Exception|Error)$/,
    /^Could not access model data|does not grant ecr:|Could not assume role|is invalid or cannot be assumed|trust relationship/i,
  )
}
