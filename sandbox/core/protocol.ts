import type { ServiceModel } from '../models/model.ts'
import type { Answer, AwsError, RawRequest, ServiceName } from './types.ts'

/** A request that was routed to an operation of the service model. */
export interface Decoded {
  readonly operation: string
  readonly input: Record<string, unknown>
}

/** One wire protocol: how requests become inputs, and outputs and errors become answers. */
export interface Protocol {
  /** Throws AwsError for what cannot be read or names no operation. */
  decode(model: ServiceModel, request: RawRequest): Decoded
  encode(model: ServiceModel, operation: string, output: Record<string, unknown>, requestId: string): Answer
  encodeError(model: ServiceModel, error: AwsError, requestId: string, request: RawRequest): Answer
}

/** How each service says the things that are not about its own resources. */
export interface CommonErrors {
  readonly invalidToken: readonly [code: string, message: string, status: number]
  readonly missingToken: readonly [code: string, message: string, status: number]
  readonly expiredToken: readonly [code: string, message: string, status: number]
  readonly accessDenied: readonly [code: string, status: number]
  readonly throttled: readonly [code: string, message: string, status: number]
  readonly internal: readonly [code: string, message: string]
  readonly invalidInput: string
}

const JSON_ERRORS: CommonErrors = {
  invalidToken: [
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
    403,
  ],
  missingToken: ['MissingAuthenticationTokenException', 'Missing Authentication Token', 403],
  expiredToken: ['ExpiredTokenException', 'The security token included in the request is expired', 400],
  accessDenied: ['AccessDeniedException', 400],
  throttled: ['ThrottlingException', 'Rate exceeded', 400],
  internal: [
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
  ],
  invalidInput: 'ValidationException',
}

const QUERY_ERRORS: CommonErrors = {
  invalidToken: ['InvalidClientTokenId', 'The security token included in the request is invalid.', 403],
  missingToken: ['MissingAuthenticationToken', 'Request is missing Authentication Token', 403],
  expiredToken: ['ExpiredToken', 'The security token included in the request is expired', 403],
  accessDenied: ['AccessDenied', 403],
  throttled: ['Throttling', 'Rate exceeded', 400],
  internal: [
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
  ],
  invalidInput: 'ValidationError',
}

const S3_ERRORS: CommonErrors = {
  invalidToken: [
    'InvalidAccessKeyId',
    'The AWS Access Key Id you provided does not exist in our records.',
    403,
  ],
  missingToken: ['AccessDenied', 'Access Denied', 403],
  expiredToken: ['ExpiredToken', 'The provided token has expired.', 400],
  accessDenied: ['AccessDenied', 403],
  throttled: ['SlowDown', 'Please reduce your request rate.', 503],
  internal: ['InternalError', 'We encountered an internal error. Please try again.'],
  invalidInput: 'InvalidArgument',
}

const BY_SERVICE: Partial<Record<ServiceName, CommonErrors>> = {
  s3: S3_ERRORS,
  sts: QUERY_ERRORS,
  monitoring: {
    ...JSON_ERRORS,
    throttled: ['Throttling', 'Rate exceeded', 400],
    invalidInput: 'ValidationError',
  },
  ecr: {
    ...JSON_ERRORS,
    internal: ['ServerException', 'An internal error occurred.'],
    invalidInput: 'InvalidParameterException',
  },
  'sagemaker-runtime': {
    ...JSON_ERRORS,
    accessDenied: ['AccessDeniedException', 403],
    invalidInput: 'ValidationError',
  },
}

/** The codes, texts and statuses that the service's protocol uses for credentials, throttling and failures. */
export const commonErrors = (service: ServiceName): CommonErrors => BY_SERVICE[service] ?? JSON_ERRORS
