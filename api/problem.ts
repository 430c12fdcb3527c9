import { isGrpcDeadlineError, WorkflowNotFoundError } from '@temporalio/client'
import { ApiError, problems, problemType, type ProblemName } from './errors.ts'
import { grpcCause } from './temporal/grpc-cause.ts'
import { whyUnreadable } from './temporal/unreadable.ts'

/** An RFC 9457 problem; further members depend on the type. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** What the caller can do about it. */
  readonly cure: string
  readonly requestId?: string
  readonly [member: string]: unknown
}

/** A problem ready to send. `unexpected`: the cause belongs into the log, not into the answer. */
export interface Problem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ProblemBody
  readonly unexpected: boolean
}

/** Turns anything thrown below a route into the one kind of error answer. */
export function toProblem(thrown: unknown, requestId?: string): Problem {
  const error = thrown instanceof ApiError ? thrown : translate(thrown)
  const { status, title, cure } = problems[error.problem]
  return {
    status,
    headers: error.headers,
    body: {
      ...error.members,
      type: problemType(error.problem),
      title,
      status,
      detail: error.message,
      cure,
      ...(requestId === undefined ? {} : { requestId }),
    },
    unexpected: error.problem === 'internal',
  }
}

function translate(thrown: unknown): ApiError {
  if (thrown instanceof WorkflowNotFoundError) {
    const id = thrown.workflowId.replace(/^rollout\//, '')
    return new ApiError('no-such-rollout', `Temporal keeps no rollout ${id}.`)
  }
  const unreadable = whyUnreadable(thrown)
  if (unreadable !== undefined) return new ApiError('no-payload-key', unreadable)
  const grpc = grpcCause(thrown)
  if (grpc || isGrpcDeadlineError(thrown)) {
    return new ApiError('temporal-unavailable', grpc?.details || 'The call to Temporal took too long.')
  }
  const body = fromBodyParser(thrown)
  if (body) return body
  return new ApiError('internal', 'Something failed that should not.')
}

/** express and its parsers throw http-errors: an error with a status, a type and an exposable message. */
function fromBodyParser(thrown: unknown): ApiError | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown)) return undefined
  const byStatus: Readonly<Record<number, ProblemName>> = {
    400: 'malformed-body',
    404: 'not-found',
    413: 'too-large',
    415: 'unsupported-media-type',
  }
  const problem = byStatus[Number(thrown.status)]
  if (!problem) return undefined
  if (thrown instanceof URIError) return new ApiError('invalid-request', 'The path is not properly encoded.')
  return new ApiError(problem, thrown.message)
}
