import { setTimeout } from 'node:timers/promises'
import type { Place } from '../../rollout/target.ts'
import type { Dependencies } from '../dependencies.ts'
import { patiently } from './patiently.ts'

/** Does one of many reads when its turn has come, and again in its place when it fails for the moment. */
export type ReadInTurn = <T>(read: () => Promise<T>) => Promise<T>

/** By the rollout's clock. SageMaker does not say what it allows; everybody in the account shares that. */
const callsPerSecond = 20

/** So many may come at once before they are spaced out: most accounts are read within it. */
const burst = 100

/** When the bucket of an account and Region is full again, by worker; of `performance.now()`. */
const fullAt = new WeakMap<Dependencies['aws'], Map<string, number>>()

/**
 * For many reads of which none is urgent: they must not use up the quota that the way forward needs, nor the worker's own time.
 * All rollouts of a worker have one allowance in an account and Region (a token bucket, told by the time at which it is full again:
 * the generic cell rate algorithm). Pages of lists, and what is tried again, come on top.
 */
export function unhurried(
  { aws, clockRate }: Pick<Dependencies, 'aws' | 'clockRate'>,
  place: Place,
): ReadInTurn {
  const interval = 1_000 / (callsPerSecond * clockRate)
  const places = fullAt.get(aws) ?? new Map<string, number>()
  fullAt.set(aws, places)
  const key = `${place.accountId} ${place.region}`
  const turn = async (): Promise<void> => {
    const now = performance.now()
    const until = Math.max(places.get(key) ?? 0, now) + interval
    places.set(key, until)
    const wait = until - now - burst * interval
    // A process that ends does not wait for its turn.
    if (wait > 0) await setTimeout(wait, undefined, { ref: false })
  }
  return async (read) => {
    await turn()
    return patiently(clockRate, read)
  }
}
