import type { Request, RequestHandler, Response } from 'express'
import { ipKeyGenerator, MemoryStore, rateLimit } from 'express-rate-limit'
import { ApiError } from './errors.ts'
import { identityOf } from './middleware.ts'

const WINDOW_MS = 60_000

/** Requests a minute from one address (of IPv6: one network), whoever sends them. */
export function limitAddresses(perMinute: number): RequestHandler {
  return limit(perMinute, addressOf, 'came from this address')
}

/** Requests a minute with one credential, wherever they come from. */
export function limitCredentials(perMinute: number): RequestHandler {
  return limit(perMinute, (_request, response) => identityOf(response).name, 'were sent with this credential')
}

/**
 * Wrong credentials a minute from one address. After so many of them nothing from there is looked at, not even a right
 * one: otherwise guessing would go on.
 */
export function limitFailures(perMinute: number, identify: RequestHandler): RequestHandler {
  const failures = new MemoryStore()
  failures.init({ windowMs: WINDOW_MS } as Parameters<MemoryStore['init']>[0])
  return async (request, response, next) => {
    const address = addressOf(request)
    const { totalHits = 0, resetTime } = (await failures.get(address)) ?? {}
    if (totalHits >= perMinute && request.get('authorization') !== undefined) {
      const seconds = Math.max(1, Math.ceil(((resetTime?.getTime() ?? 0) - Date.now()) / 1_000))
      throw new ApiError(
        'too-many-requests',
        `${perMinute} wrong credentials came from this address within a minute.`,
        {},
        { 'Retry-After': String(seconds) },
      )
    }
    try {
      await identify(request, response, next)
    } catch (error) {
      const guessed = error instanceof ApiError && error.problem === 'unauthenticated'
      if (guessed && request.get('authorization') !== undefined) await failures.increment(address)
      throw error
    }
  }
}

function limit(
  perMinute: number,
  keyOf: (request: Request, response: Response) => string,
  what: string,
): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    keyGenerator: keyOf,
    handler: (_request, _response, next) =>
      next(new ApiError('too-many-requests', `More than ${perMinute} requests ${what} within a minute.`)),
  })
}

function addressOf({ ip = '' }: Request): string {
  return ipKeyGenerator(ip)
}
