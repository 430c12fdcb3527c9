import { expect, it, vi } from 'vitest'
import { activityContext, prod } from '../../test/support/accounts.ts'
import { createAws } from '../aws/clients.ts'
import { shareNext } from './share-next.ts'

/** One worker's readings of one account and Region, each of which ends when the test says so. */
function readings() {
  const share = shareNext<number>()
  const aws = createAws({ env: {} })
  const ends: ((error?: Error) => void)[] = []
  const read = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const number = ends.length + 1
      ends.push((error) => (error ? reject(error) : resolve(number)))
    })
  const ask = (by = activityContext(), place = prod): Promise<number> =>
    by.run(() => share({ aws }, place, read))
  const begun = (count: number) => vi.waitFor(() => expect(ends).toHaveLength(count), 10_000)
  return { ask, begun, end: (number: number, error?: Error) => ends[number - 1]?.(error) }
}

it('answers with what was read after the question, and reads once for all who ask meanwhile', async () => {
  const { ask, begun, end } = readings()
  const first = ask()
  const others = [ask(), ask()]
  end(1)
  expect(await first).toBe(1)
  await begun(2)
  end(2)
  expect(await Promise.all(others)).toEqual([2, 2])
  const last = ask()
  await begun(3)
  end(3)
  expect(await last).toBe(3)
})

it('reads again for those who ask after a failure, and goes on when who began it is cancelled', async () => {
  const { ask, begun, end } = readings()
  const failing = ask()
  end(1, new Error('no answer'))
  await expect(failing).rejects.toThrow('no answer')
  const began = activityContext()
  const given = ask(began)
  await begun(2)
  const other = ask()
  began.cancel()
  await expect(given).rejects.toThrow()
  end(2)
  await begun(3)
  end(3)
  expect(await other).toBe(3)
})

it('shares with nobody who reads there with another role', async () => {
  const { ask, begun, end } = readings()
  const first = ask()
  const elsewhere = ask(undefined, { ...prod, role: 'arn:aws:iam::444455556666:role/other' })
  await begun(2)
  end(2)
  expect(await elsewhere).toBe(2)
  end(1)
  expect(await first).toBe(1)
})
