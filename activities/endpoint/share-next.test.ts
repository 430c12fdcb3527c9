import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, it } from 'vitest'
import { shareNext } from './share-next.ts'

it('answers with what was read after the question, and reads once for all who ask meanwhile', async () => {
  const share = shareNext<number>()
  const account = {}
  const ends: (() => void)[] = []
  const read = (): Promise<number> => new Promise((resolve) => ends.push(() => resolve(ends.length)))
  const ask = (): Promise<number> => new MockActivityEnvironment().run(() => share(account, read))
  const first = ask()
  const others = [ask(), ask()]
  ends[0]?.()
  expect(await first).toBe(1)
  await new Promise(setImmediate)
  ends[1]?.()
  expect(await Promise.all(others)).toEqual([2, 2])
  const last = ask()
  ends[2]?.()
  expect(await last).toBe(3)
})

it('reads again for those who ask after a failure, and goes on when who began it is cancelled', async () => {
  const share = shareNext<string>()
  const account = {}
  const failing = new MockActivityEnvironment().run(() =>
    share(account, () => Promise.reject(new Error('no answer'))),
  )
  await expect(failing).rejects.toThrow('no answer')
  let end = (_: string): void => undefined
  const began = new MockActivityEnvironment()
  const given = began.run(() => share(account, () => new Promise((resolve) => (end = resolve))))
  const other = new MockActivityEnvironment().run(() => share(account, () => Promise.resolve('read next')))
  began.cancel()
  await expect(given).rejects.toThrow()
  end('read first')
  expect(await other).toBe('read next')
})
