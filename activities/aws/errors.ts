import { CancelledFailure } from '@temporalio/common'
import type { FailureType } from '../../rollout/failure.ts'
import type { Place } from '../../rollout/target.ts'
import { fail } from '../failure.ts'
import { redact } from './redact.ts'
import {
  awsAnswer,
  isAlreadyExists,
  isConcurrentChange,
  isDenied,
  isExpired,
  isInProgress,
  isNotFound,
  isQuota,
  isSettling,
  isThrottle,
} from './predicates.ts'

/** Where and at what an error happened. */
export interface FailureContext {
  /** `SageMaker`, `S3`, … */
  readonly service?: string
  readonly operation?: string
  readonly place?: Pick<Place, 'accountId' | 'region'>
  /** What it was about, when the operation does not say it: `role arn:…`, `bucket models-1`. */
  readonly subject?: string
  /** From 1; throttles wait longer with every attempt. */
  readonly attempt?: number
  /** True while permissions or names that are new may still be propagating. */
  readonly settling?: boolean
  /** Divides the waits before the next attempt. */
  readonly clockRate?: number
}

const FIRST_THROTTLE_MS = 1_000
const LONGEST_THROTTLE_MS = 30_000

/**
 * Turns anything thrown into a failure of the closed list. Failures and cancellations are handed on as they are; what
 * nobody knows is Transient. Sources of the texts: docs and public sources of SageMaker controllers.
 */
export function toFailure(error: unknown, context: FailureContext = {}): Error {
  if (error instanceof CancelledFailure || isAbort(error)) return error
  if (error instanceof Error && error.name === 'ApplicationFailure') return error
  const type = failureType(error, context)
  return fail(type, describe(type, error, context), {
    cause: safeCause(error),
    ...(type === 'Throttled' && { delay: throttleDelay(context) }),
    ...(type === 'Busy' && { benign: true }),
  })
}

/** The SDK and fetch end this way when the activity's cancellation signal is set. */
export function isAbort(error: unknown): error is Error {
  return error instanceof Error && error.name === 'AbortError'
}

function failureType(error: unknown, { settling = false }: FailureContext): FailureType {
  const answer = awsAnswer(error)
  if (!answer) {
    const noCredentials =
      error instanceof Error && /^CredentialsProviderError|^TokenProviderError/.test(error.name)
    return noCredentials && !settling ? 'Denied' : 'Transient'
  }
  if (isThrottle(error)) return 'Throttled'
  if (isExpired(error)) return 'Transient'
  if (isQuota(error)) return 'QuotaExceeded'
  if (isSettling(error)) return settling ? 'Settling' : 'Denied'
  if (isAlreadyExists(error)) return 'Conflict'
  if (isInProgress(error)) return 'Busy'
  if (isConcurrentChange(error)) return 'Transient'
  if (answer.name === 'ModelError') return 'Unhealthy'
  if (isDenied(error)) return 'Denied'
  if (isNotFound(error)) return settling && /^Could not find/.test(answer.message) ? 'Settling' : 'NotFound'
  if (/^ResourceInUse/.test(answer.name)) return 'Busy'
  if (answer.name === 'ModelNotReadyException') return 'Transient'
  // 3xx: a bucket of another Region than the one that was asked.
  if (answer.status !== undefined && answer.status >= 300 && answer.status < 500) return 'Invalid'
  return 'Transient'
}

function throttleDelay({ attempt = 1, clockRate = 1 }: FailureContext): number {
  const most = Math.min(LONGEST_THROTTLE_MS, FIRST_THROTTLE_MS * 2 ** Math.min(attempt - 1, 10))
  return Math.max(20, (most / 2 + (Math.random() * most) / 2) / clockRate)
}

const cures: Readonly<Partial<Record<FailureType, string>>> = {
  Denied: "Allow it in that account's role, its trust policy or the resource's own policy.",
  QuotaExceeded: 'Request a higher quota in that account and Region, or use fewer or other instances.',
  Throttled: 'AWS asks for fewer requests; it is tried again later.',
  Busy: 'It is waited for.',
  Settling: 'This passes when a new permission or name has reached every part of AWS; it is tried again.',
  Transient: 'It is tried again.',
}

function describe(
  type: FailureType,
  error: unknown,
  { service, operation, place, subject }: FailureContext,
): string {
  const answer = awsAnswer(error)
  const what = [service, operation].filter(Boolean).join(' ') || 'A call to AWS'
  const where = place ? ` in account ${place.accountId}, ${place.region}` : ''
  const about = subject ? ` (${subject})` : ''
  const found = answer
    ? `${answer.name}${answer.message && answer.message !== answer.name ? `: ${answer.message}` : ''}`
    : error instanceof Error
      ? `${error.name === 'Error' ? '' : `${error.name}: `}${error.message || (error as NodeJS.ErrnoException).code}`
      : String(error)
  const cure = isExpired(error) ? 'A new session is asked for.' : cures[type]
  return `${what}${where}${about}: ${found.replace(/[.\s]*$/, '.')}${cure ? ` ${cure}` : ''}`
}

/** Only what AWS itself answered is kept as a cause: other errors may carry presigned URLs in their stacks. */
function safeCause(error: unknown): Error | undefined {
  if (!(error instanceof Error && '$metadata' in error)) return undefined
  // A copy: the message, and with it the stack's first line, may quote a URL or a token.
  const cause = new Error(redact(error.message))
  cause.name = error.name
  cause.stack = redact(error.stack ?? '')
  // The predicates know an answer of AWS by it.
  return Object.assign(cause, {
    $metadata: error.$metadata,
    ...('lastValidByteReceived' in error && { lastValidByteReceived: error.lastValidByteReceived }),
  })
}
