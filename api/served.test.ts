import { expect, test } from 'vitest'
import { toServed } from './served.ts'

const commit = (id: string, minute: number, undoes?: string) => ({
  id,
  package: `package of ${id}`,
  since: `2026-11-21T10:0${minute}:00.000Z`,
  ...(undoes === undefined ? {} : { undoes }),
})
const served = (...commits: readonly ReturnType<typeof commit>[]) =>
  toServed(commits.toReversed()).map((one) => [
    one.package,
    one.rollout,
    one.from.slice(14, 16),
    one.until?.slice(14, 16),
  ])

test('each model serves until the next one commits', () => {
  expect(served(commit('a', 1), commit('b', 4))).toEqual([
    ['package of b', 'b', '04', undefined],
    ['package of a', 'a', '01', '04'],
  ])
})

test('an undo brings back what served before the rollout that it undid', () => {
  expect(served(commit('a', 1), commit('b', 2), commit('u', 3, 'b'))[0]).toEqual([
    'package of a',
    'a',
    '03',
    undefined,
  ])
  expect(toServed([commit('u', 3, 'b'), commit('b', 2), commit('a', 1)])[0]?.undo).toBe('u')
})

test('what served before everything that is remembered has no name', () => {
  expect(served(commit('b', 2), commit('u', 3, 'b'))[0]).toEqual([null, 'u', '03', undefined])
})
