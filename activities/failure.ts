import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { failures, type FailureType } from '../rollout/failure.ts'
import { redact } from './aws/redact.ts'

/** What a failure may carry beside its type and message. */
export interface FailureOptions {
  readonly cause?: unknown
  /** Real milliseconds until Temporal tries again; for retryable types only. */
  readonly delay?: number
  /** True for what is expected and no reason to look at a log. */
  readonly benign?: boolean
  /** Plain data for the workflow. */
  readonly details?: readonly unknown[]
}

/** The one way in which activities fail: a type of the closed list, retried or not as the list says. */
export function fail(type: FailureType, message: string, options: FailureOptions = {}): ApplicationFailure {
  const { cause, delay, benign = type === 'NotYet', details } = options
  return ApplicationFailure.create({
    type,
    message: redact(message),
    nonRetryable: !failures[type].retry,
    ...(delay !== undefined && failures[type].retry && { nextRetryDelay: Math.max(1, Math.round(delay)) }),
    ...(benign && { category: ApplicationFailureCategory.BENIGN }),
    ...(details && { details: [...details] }),
    ...(cause instanceof Error && { cause }),
  })
}

/** Whether this is a failure of one of these types, thrown by `fail`. */
export function isFailure(error: unknown, ...types: FailureType[]): error is ApplicationFailure {
  return error instanceof ApplicationFailure && types.some((type) => type === error.type)
}
