import type { Client } from '@temporalio/client'
import type { Aws } from './aws/clients.ts'

/** What the activities work with, made once by the worker. */
export interface Dependencies {
  readonly aws: Aws
  /** See `SLUICE_CLOCK_RATE`. */
  readonly clockRate: number
  /** See `Poll.inside`; 0 when left out. */
  readonly waitInside?: number
  /** For who holds a lock, and what an earlier rollout came to. */
  readonly temporal: Client
  /** The key with which the API signs messages and `http` tests are signed; without one nothing is verified or signed. */
  readonly signingKey?: string | undefined
}
