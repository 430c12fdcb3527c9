import type { Client } from '@temporalio/client'
import type { Unreadable } from '../../rollout/facts.ts'
import type { Aws } from '../aws/clients.ts'
import type { Calendar } from '../dependencies.ts'
import { isAbort } from '../aws/errors.ts'
import { fail, isFailure } from '../failure.ts'
import type { Place } from '../../rollout/target.ts'

/** What every reader works with. */
export interface Reading {
  readonly aws: Aws
  readonly temporal: Client
  readonly calendar: Calendar
  readonly clockRate: number
  /** Names the role sessions. */
  readonly session: string
  /** From 1: how often the whole reading was begun. */
  readonly attempt: number
  /** What `onceIn` has read, or is reading. */
  readonly known: Map<string, Promise<unknown>>
}

/**
 * Reads what is the same for all targets of an account and Region once for all of them; else two hundred targets would
 * count the instances of the same two hundred endpoints two hundred times. What failed is read again by who asks next.
 */
export function onceIn<T>(
  { known }: Pick<Reading, 'known'>,
  { accountId, region, role, externalId }: Place,
  what: string,
  read: () => Promise<T>,
): Promise<T> {
  const key = JSON.stringify([what, accountId, region, role, externalId])
  const before = known.get(key) as Promise<T> | undefined
  if (before) return before
  const reading = read()
  known.set(key, reading)
  reading.catch(() => known.delete(key))
  return reading
}

/** What reading one account's AWS alone needs. */
export type AwsReading = Pick<Reading, 'aws' | 'session' | 'clockRate' | 'attempt'>

const TRIES = 3
const FIRST_DELAY_MS = 400
const LAST_ATTEMPT = 5

/**
 * What was read, or why it could not be. What AWS may answer later (throttles, connections) is tried a few times here, then
 * makes the whole reading start again, and becomes a reason only when that has not helped either.
 */
export async function readable<T>(
  { clockRate, attempt }: Pick<Reading, 'clockRate' | 'attempt'>,
  read: () => Promise<T>,
): Promise<T | Unreadable> {
  for (let tries = 1; ; tries++) {
    try {
      return await read()
    } catch (error) {
      if (isAbort(error) || !(error instanceof Error)) throw error
      if (!isFailure(error, 'Throttled', 'Transient', 'Busy', 'Settling')) {
        // A TypeError is a defect of ours and no fact about AWS.
        if (isFailure(error, 'Denied', 'Invalid', 'NotFound', 'QuotaExceeded', 'Conflict', 'Refused'))
          return { unreadable: error.message }
        throw error
      }
      if (tries >= TRIES) {
        if (attempt < LAST_ATTEMPT) throw error
        return { unreadable: error.message }
      }
      await new Promise((resolve) => setTimeout(resolve, (FIRST_DELAY_MS * 2 ** tries) / clockRate))
    }
  }
}

/** For what has no place for a reason of its own: a reason becomes an error again. */
export async function required<T extends object | null | undefined>(
  value: Promise<T | Unreadable>,
): Promise<T> {
  const found = await value
  if (isUnreadable(found)) throw fail('Denied', found.unreadable)
  return found
}

export function isUnreadable(value: unknown): value is Unreadable {
  return typeof value === 'object' && value !== null && 'unreadable' in value
}
