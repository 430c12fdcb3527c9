import { CancelledFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { fail } from '../failure.ts'
import { classifyFailureReason } from './failure-reason.ts'
import { toFailure } from './errors.ts'
import { isAlreadyExists, isInProgress, isNotFound, isThrottle } from './predicates.ts'
import { redact } from './redact.ts'

const answered = (name: string, message: string, httpStatusCode = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })

const context = {
  service: 'SageMaker',
  operation: 'UpdateEndpoint',
  place: { accountId: '333333333333', region: 'eu-west-1' },
}

describe('what becomes of an error of AWS', () => {
  it.each([
    ['ValidationException', 'Cannot update in-progress endpoint "arn:x".', 400, 'Busy', true],
    ['ValidationException', 'Cannot create already existing model "arn:x".', 400, 'Conflict', false],
    ['ValidationException', 'Could not find endpoint "arn:x".', 400, 'NotFound', false],
    ['ValidationException', '1 validation error detected: Value too long', 400, 'Invalid', false],
    ['ValidationException', 'Could not access model data at s3://b/k.', 400, 'Denied', false],
    ['ResourceLimitExceeded', 'The account-level service limit is 4', 400, 'QuotaExceeded', false],
    ['LimitExceededException', 'too many repositories', 400, 'QuotaExceeded', false],
    ['ThrottlingException', 'Rate exceeded', 400, 'Throttled', true],
    ['SlowDown', 'Please reduce your request rate.', 503, 'Throttled', true],
    ['TooManyRequestsException', '', 429, 'Throttled', true],
    ['ConflictException', 'concurrent modification', 409, 'Transient', true],
    ['ConcurrentUpdateException', 'You already have a pending update', 400, 'Transient', true],
    ['ResourceInUse', 'the endpoint is in use', 400, 'Busy', true],
    ['AccessDeniedException', 'not authorized to perform: sagemaker:UpdateEndpoint', 400, 'Denied', false],
    ['Forbidden', '', 403, 'Denied', false],
    [
      'ExpiredTokenException',
      'The security token included in the request is expired',
      400,
      'Transient',
      true,
    ],
    ['ModelError', 'Received server error (500) from model', 424, 'Unhealthy', false],
    ['ModelNotReadyException', 'not ready', 429, 'Transient', true],
    ['InternalFailure', '', 500, 'Transient', true],
    ['ServiceUnavailable', '', 503, 'Transient', true],
    ['InternalError', 'We encountered an internal error.', 200, 'Transient', true],
    ['PermanentRedirect', 'must be addressed using the specified endpoint', 301, 'Invalid', false],
    ['NotFound', '', 404, 'NotFound', false],
  ])('%s "%s" (%i) is %s', (name, message, status, type, retried) => {
    expect(toFailure(answered(name, message, status), context)).toMatchObject({
      type,
      nonRetryable: !retried,
    })
  })

  it('is Settling for a while after a permission or name was made, then final', () => {
    const unreadable = answered('ValidationException', 'Could not access model data at s3://b/k.')
    expect(toFailure(unreadable, { ...context, settling: true })).toMatchObject({
      type: 'Settling',
      nonRetryable: false,
    })
    const unknown = answered('ValidationException', 'Could not find endpoint configuration "arn:x".')
    expect(toFailure(unknown, { ...context, settling: true })).toMatchObject({ type: 'Settling' })
    expect(toFailure(unknown, context)).toMatchObject({ type: 'NotFound' })
  })

  it('is Transient when nobody knows it', () => {
    expect(toFailure(new TypeError('x is not a function'), context)).toMatchObject({ type: 'Transient' })
    expect(toFailure('a string', context)).toMatchObject({ type: 'Transient' })
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
    expect(toFailure(reset, context)).toMatchObject({ type: 'Transient' })
  })

  it('is handed on when it is a failure or a cancellation already', () => {
    const known = fail('Busy', 'wait')
    const cancelled = new CancelledFailure('no more')
    const aborted = Object.assign(new Error('Request aborted'), { name: 'AbortError' })
    for (const error of [known, cancelled, aborted]) expect(toFailure(error, context)).toBe(error)
  })

  it('waits longer after each throttle, by a different time each, and by less when the clock runs faster', () => {
    const delay = (attempt: number, clockRate = 1) =>
      Number(
        (toFailure(answered('Throttling', ''), { attempt, clockRate }) as { nextRetryDelay?: unknown })
          .nextRetryDelay,
      )
    for (const attempt of [1, 3, 5, 50]) {
      const most = Math.min(30_000, 1_000 * 2 ** (attempt - 1))
      expect(delay(attempt)).toBeGreaterThanOrEqual(most / 2)
      expect(delay(attempt)).toBeLessThanOrEqual(most)
      expect(delay(attempt, 10)).toBeLessThanOrEqual(most / 10)
    }
    expect(new Set(Array.from({ length: 20 }, () => delay(10))).size).toBeGreaterThan(1)
  })

  it('says place, operation, what AWS said and the cure', () => {
    const failure = toFailure(answered('AccessDeniedException', 'User: arn is not authorized'), context)
    expect(failure.message).toBe(
      'SageMaker UpdateEndpoint in account 333333333333, eu-west-1: AccessDeniedException: User: arn is not authorized. ' +
        "Allow it in that account's role, its trust policy or the resource's own policy.",
    )
  })

  it('keeps links and keys to itself', () => {
    const link = 'https://x.s3.amazonaws.com/layer?X-Amz-Signature=abc&X-Amz-Credential=ASIAABCDEFGHIJKLMNOP'
    const failure = toFailure(new Error(`failed to fetch ${link}`), context)
    expect(JSON.stringify([failure.message, String(failure.cause)])).not.toMatch(/Signature|ASIAABCDEF/)
    expect(redact('key AKIAABCDEFGHIJKLMNOP was refused')).toBe('key AKIA… was refused')
  })
})

describe('predicates', () => {
  it('see through failures to what AWS answered', () => {
    const wrapped = (name: string, message: string) => toFailure(answered(name, message), context)
    expect(
      isAlreadyExists(wrapped('ValidationException', 'Cannot create already existing endpoint "x".')),
    ).toBe(true)
    expect(isAlreadyExists(wrapped('ValidationException', 'Model Package Group already exists: arn:x'))).toBe(
      true,
    )
    expect(isAlreadyExists(wrapped('RepositoryAlreadyExistsException', ''))).toBe(true)
    expect(isNotFound(wrapped('ValidationException', 'ModelPackage arn:x does not exist.'))).toBe(true)
    expect(isNotFound(wrapped('ObjectNotFoundException', 'no scalable target'))).toBe(true)
    expect(isInProgress(wrapped('ValidationException', 'Cannot update in-progress endpoint "x".'))).toBe(true)
    expect(isThrottle(wrapped('ThrottlingException', ''))).toBe(true)
    expect(isNotFound(wrapped('ValidationException', 'Value too long'))).toBe(false)
    expect(isNotFound(new Error('Could not find endpoint'))).toBe(false)
  })
})

describe("an endpoint's failure reason", () => {
  it.each([
    ['CapacityError: Unable to provision', 'Capacity'],
    ['Request to service failed. If failure persists…', 'Transient'],
    ['The primary container … did not pass the ping health check.', 'Unhealthy'],
    [undefined, 'Unhealthy'],
  ])('%s means %s', (reason, type) => expect(classifyFailureReason(reason)).toBe(type))
})
