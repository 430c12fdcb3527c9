import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express'
import type { Logger } from 'pino'
import type { Identity } from '../workflows/messages.ts'
import { authenticate, type Auth, type Authenticated } from './auth/authenticate.ts'
import { ApiError } from './errors.ts'
import { toProblem } from './problem.ts'

const documentTypes = [
  'application/json',
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
]

/** Finds out who asks, once, before anything else is read of the request. */
export function identify(auth: Auth): RequestHandler {
  return async (request, response, next) => {
    response.locals.authenticated = await authenticate(auth, {
      authorization: request.get('authorization'),
      host: request.get('host'),
      ...(response.locals.sameOrigin === true
        ? {}
        : { origin: request.get('origin'), fetchSite: request.get('sec-fetch-site') }),
    })
    next()
  }
}

/** Who asks; set by `identify`. */
export function identityOf(response: Response): Identity {
  return (response.locals.authenticated as Authenticated).identity
}

/** When the credential of who asks ends, milliseconds since the epoch; undefined when it does not end by itself. */
export function expiryOf(response: Response): number | undefined {
  return (response.locals.authenticated as Authenticated).expiresAt
}

/** The body as text, JSON and YAML alike: the document's own parser reads both and knows the lines. */
export function documentBody(limitBytes: number): readonly RequestHandler[] {
  return [requireType(documentTypes), express.text({ type: documentTypes, limit: limitBytes })]
}

/** A small JSON object, or nothing at all. */
export function jsonBody(limitBytes: number): readonly RequestHandler[] {
  return [requireType(['application/json']), express.json({ limit: limitBytes, strict: true })]
}

function requireType(types: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    if (hasBody(request) && request.is([...types]) === false) {
      const found = request.get('content-type') ?? 'none'
      throw new ApiError(
        'unsupported-media-type',
        `The content type is ${found}; allowed: ${types.join(', ')}.`,
      )
    }
    next()
  }
}

function hasBody(request: Request): boolean {
  return (
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
  )
}

/** For paths that exist, under methods that do not. */
export function onlyMethods(...methods: readonly string[]): RequestHandler {
  return (request) => {
    throw new ApiError(
      'method-not-allowed',
      `${request.method} is not possible here.`,
      {},
      { Allow: methods.join(', ') },
    )
  }
}

export const noSuchPath: RequestHandler = (request) => {
  throw new ApiError('not-found', `Nothing is at ${request.path}.`)
}

/** The only place where an error becomes an answer. */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const { status, headers, body, unexpected } = toProblem(thrown, requestIdOf(request))
    if (unexpected)
      logger.error({ err: thrown, requestId: requestIdOf(request) }, 'a request failed unexpectedly')
    if (response.headersSent) return next(thrown)
    response.status(status).set(headers).type('application/problem+json').send(JSON.stringify(body))
  }
}

function requestIdOf(request: Request): string | undefined {
  const { id } = request as Request & { id?: unknown }
  return typeof id === 'string' ? id : undefined
}
