import { AsyncLocalStorage } from 'node:async_hooks'
import { untilCancelled } from '../watching/look-at-alarms.ts'

/** Reads something large about what `of` stands for. */
export type ShareNext<T> = (of: object, read: () => Promise<T>) => Promise<T>

interface Slot<T> {
  readonly running: Promise<T>
  next?: Promise<T>
}

/**
 * Whoever asks while a reading is under way gets the next one, together with all who ask until it begins. So what is
 * answered was always read after it was asked for, and two hundred targets that ask at once cost two readings.
 */
export function shareNext<T>(): ShareNext<T> {
  const slots = new WeakMap<object, Slot<T>>()
  // A reading belongs to no activity: the cancellation of the one that began it must not end it for the others.
  const outside = AsyncLocalStorage.snapshot()

  const begin = (of: object, read: () => Promise<T>): Promise<T> => {
    const slot: Slot<T> = { running: outside(read) }
    slots.set(of, slot)
    const over = (): void => {
      if (!slot.next) slots.delete(of)
    }
    slot.running.then(over, over)
    return slot.running
  }

  return (of, read) => {
    const slot = slots.get(of)
    if (!slot) return untilCancelled(begin(of, read))
    const again = (): Promise<T> => begin(of, read)
    slot.next ??= slot.running.then(again, again)
    return untilCancelled(slot.next)
  }
}
