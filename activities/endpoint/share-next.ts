import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout } from 'node:timers/promises'
import type { Place } from '../../rollout/target.ts'
import type { Aws } from '../aws/clients.ts'
import { sharingKey } from '../aws/sessions.ts'
import type { Dependencies } from '../dependencies.ts'
import { untilCancelled } from '../watching/look-at-alarms.ts'

/** Reads something large about an account and Region; see `sharingKey` for who shares it. */
export type ShareNext<T> = (
  worker: Pick<Dependencies, 'aws' | 'clockRate'>,
  place: Place,
  read: () => Promise<T>,
) => Promise<T>

interface Slot<T> {
  /** Milliseconds of rest that are owed, as of `at`; they pass with time. */
  owed: number
  at: number
  running?: Promise<T> | undefined
  next?: Promise<T> | undefined
}

/** Of the rollout's clock: the most that a reading waits for the one before, and how much rest may be owed until it does. */
const longestRest = 30_000

/** What is asked for here is never urgent, and its quota is everybody's: for what a reading took, so many times as much rest. */
const restFactor = 29

/**
 * Whoever asks while a reading is under way, or may not begin yet, gets the next one, together with all who ask until it begins. So
 * what is answered was always read after it was asked for, two hundred targets that ask at once cost two readings, and many
 * rollouts that end one after another no more of them than time allows: each owes a rest in proportion to what it took. A few
 * may follow each other before that counts.
 */
export function shareNext<T>(): ShareNext<T> {
  const workers = new WeakMap<Aws, Map<string, Slot<T>>>()
  // A reading belongs to no activity: the cancellation of the one that began it must not end it for the others.
  const outside = AsyncLocalStorage.snapshot()

  const slotOf = (aws: Aws, place: Place): Slot<T> => {
    const slots = workers.get(aws) ?? new Map<string, Slot<T>>()
    workers.set(aws, slots)
    const key = sharingKey(place)
    const slot = slots.get(key) ?? { owed: 0, at: performance.now() }
    slots.set(key, slot)
    return slot
  }

  const owed = (slot: Slot<T>): number => Math.max(0, slot.owed - (performance.now() - slot.at))

  const begin = (slot: Slot<T>, read: () => Promise<T>, longest: number): Promise<T> => {
    const began = performance.now()
    const running = outside(read)
    const over = (): void => {
      slot.owed = Math.min(2 * longest, owed(slot) + restFactor * (performance.now() - began))
      slot.at = performance.now()
      slot.running = undefined
    }
    slot.running = running
    running.then(over, over)
    return running
  }

  const beginRested = async (slot: Slot<T>, read: () => Promise<T>, longest: number): Promise<T> => {
    await slot.running?.catch(() => undefined)
    const rest = owed(slot) - longest
    if (rest > 0) await setTimeout(rest, undefined, { ref: false })
    slot.next = undefined
    return begin(slot, read, longest)
  }

  return ({ aws, clockRate }, place, read) => {
    const longest = longestRest / clockRate
    const slot = slotOf(aws, place)
    if (!slot.running && !slot.next && owed(slot) <= longest) {
      return untilCancelled(begin(slot, read, longest))
    }
    slot.next ??= outside(() => beginRested(slot, read, longest))
    return untilCancelled(slot.next)
  }
}
