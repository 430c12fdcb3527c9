import { AsyncLocalStorage } from 'node:async_hooks'
import type { Place } from '../../rollout/target.ts'
import type { Aws } from '../aws/clients.ts'
import { sharingKey } from '../aws/sessions.ts'
import type { Dependencies } from '../dependencies.ts'
import { untilCancelled } from '../watching/look-at-alarms.ts'

/** Reads something large about an account and Region; see `sharingKey` for who shares it. */
export type ShareNext<T> = (
  worker: Pick<Dependencies, 'aws'>,
  place: Place,
  read: () => Promise<T>,
) => Promise<T>

interface Slot<T> {
  running?: Promise<T> | undefined
  next?: Promise<T> | undefined
}

/**
 * Whoever asks while a reading is under way gets the next one, together with all who ask until it begins. So what is answered was
 * always read after it was asked for, two hundred targets that ask at once cost two readings, and so do many rollouts that end
 * one after another while the first takes its time (`unhurried`).
 */
export function shareNext<T>(): ShareNext<T> {
  const workers = new WeakMap<Aws, Map<string, Slot<T>>>()
  // A reading belongs to no activity: the cancellation of the one that began it must not end it for the others.
  const outside = AsyncLocalStorage.snapshot()

  const slotOf = (aws: Aws, place: Place): Slot<T> => {
    const slots = workers.get(aws) ?? new Map<string, Slot<T>>()
    workers.set(aws, slots)
    const key = sharingKey(place)
    const slot = slots.get(key) ?? {}
    slots.set(key, slot)
    return slot
  }

  const begin = (slot: Slot<T>, read: () => Promise<T>): Promise<T> => {
    const running = outside(read)
    const over = (): void => {
      slot.running = undefined
    }
    slot.running = running
    running.then(over, over)
    return running
  }

  const beginAfter = async (slot: Slot<T>, read: () => Promise<T>): Promise<T> => {
    await slot.running?.catch(() => undefined)
    slot.next = undefined
    return begin(slot, read)
  }

  return ({ aws }, place, read) => {
    const slot = slotOf(aws, place)
    if (!slot.running && !slot.next) return untilCancelled(begin(slot, read))
    slot.next ??= outside(() => beginAfter(slot, read))
    return untilCancelled(slot.next)
  }
}
