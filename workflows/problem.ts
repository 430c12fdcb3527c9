import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow'
import type { FailureType } from '../rollout/failure.ts'

/** What went wrong, as data that can be sent from child to parent. */
export interface Problem {
  readonly type: FailureType | 'Terminated' | 'RolledBackBySageMaker' | 'RollbackFailed' | 'TimedOut'
  readonly message: string
}

/** Thrown inside workflows only, and always caught there: anything else would fail the task for ever. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

export function raise(type: Problem['type'], message: string): never {
  throw new ProblemError({ type, message })
}

/** Turns what an activity or child threw into a problem. Cancellation is none: it is thrown on. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  if (isCancellation(error)) throw error
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return problemOfCause(error)
  if (error instanceof ApplicationFailure) return problemOfApplication(error)
  return { type: 'Transient', message: error instanceof Error ? error.message : String(error) }
}

function problemOfCause(error: ActivityFailure | ChildWorkflowFailure): Problem {
  const { cause } = error
  if (cause instanceof ApplicationFailure) return problemOfApplication(cause)
  if (cause instanceof TimeoutFailure)
    return { type: 'TimedOut', message: lastFailure(cause) ?? error.message }
  return { type: 'Transient', message: cause?.message ?? error.message }
}

/** A timeout says little; what failed last says why. */
function lastFailure(timeout: TimeoutFailure): string | undefined {
  const { cause } = timeout
  return cause instanceof ApplicationFailure
    ? `no success in time: ${cause.message}`
    : timeout.message || undefined
}

function problemOfApplication(failure: ApplicationFailure): Problem {
  return { type: (failure.type as Problem['type']) ?? 'Transient', message: failure.message }
}
