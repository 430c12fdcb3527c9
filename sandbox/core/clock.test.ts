import { describe, expect, test } from 'vitest'
import { createClock } from './clock.ts'

const day = 86_400_000

describe('a clock that leaps ahead', () => {
  test('lets happen what is due until then, in order and each at its own moment, and nothing else', () => {
    const clock = createClock()
    const start = clock.now()
    const seen: (readonly [string, number])[] = []
    const note = (name: string) => () => {
      seen.push([name, Math.round((clock.now() - start) / day)])
      if (name === 'first') clock.after(day, note('that it began'))
    }
    clock.after(4 * day, note('later'))
    clock.after(3 * day, note('last'))
    clock.after(day, note('first'))
    const dropped = clock.after(2 * day, note('dropped'))
    dropped()
    clock.leapTo(start + 3.5 * day)
    expect(seen).toEqual([
      ['first', 1],
      ['that it began', 2],
      ['last', 3],
    ])
    expect(clock.now() - start).toBeGreaterThanOrEqual(3.5 * day)
    clock.cancelAll()
  })

  test('never goes back', () => {
    const clock = createClock()
    const start = clock.now()
    clock.leapTo(start + day)
    clock.leapTo(start)
    expect(clock.now() - start).toBeGreaterThanOrEqual(day)
  })

  test('divides durations by its rate all the same', async () => {
    const clock = createClock(1_000)
    clock.leapTo(clock.now() + day)
    await new Promise<void>((resolve) => void clock.after(5_000, resolve))
  })
})
