import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { prod } from '../../test/support/accounts.ts'
import { fail } from '../failure.ts'
import { createAws } from './clients.ts'
import { unhurried, type ReadInTurn } from './unhurried.ts'

/** So slow that a read which must wait does so for longer than any test. */
const slow = 1 / 10_000

/** How many of so many reads, all asked for at once, are let through before time passes. */
async function through(inTurn: ReadInTurn, count: number): Promise<number> {
  let done = 0
  for (let i = 0; i < count; i++) void inTurn(async () => done++)
  await setImmediate()
  return done
}

it('lets the first hundred reads of a place through, and holds back the others', async () => {
  const aws = createAws({ env: {} })
  expect(await through(unhurried({ aws, clockRate: slow }, prod), 130)).toBe(100)
})

it('gives all readings of a place one allowance, and every place and worker its own', async () => {
  const aws = createAws({ env: {} })
  const worker = { aws, clockRate: slow }
  expect(await through(unhurried(worker, prod), 60)).toBe(60)
  expect(await through(unhurried(worker, { ...prod }), 60)).toBe(40)
  expect(await through(unhurried(worker, { ...prod, region: 'ap-south-1' }), 60)).toBe(60)
  expect(await through(unhurried({ aws: createAws({ env: {} }), clockRate: slow }, prod), 60)).toBe(60)
})

it('lets those that were held back through, in order', async () => {
  const inTurn = unhurried({ aws: createAws({ env: {} }), clockRate: 20 }, prod)
  const numbers = Array.from({ length: 110 }, (_, number) => number)
  const done: number[] = []
  await Promise.all(numbers.map((number) => inTurn(async () => done.push(number))))
  expect(done).toEqual(numbers)
})

it('reads again in its place what failed for the moment', async () => {
  let tries = 0
  const inTurn = unhurried({ aws: createAws({ env: {} }), clockRate: Infinity }, prod)
  const read = async (): Promise<number> => {
    if (++tries < 3) throw fail('Throttled', 'Rate exceeded')
    return tries
  }
  expect(await inTurn(read)).toBe(3)
})
