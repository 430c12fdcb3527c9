import { expect, test } from 'vitest'
import type { RolloutLine } from '../api/answers.ts'
import { contains, firstRows, merge, messageOf, regionsOf, titleOf, toSections } from './rollout-list.js'

const line = (id: string, more: Partial<RolloutLine> = {}): RolloutLine => ({
  id,
  name: 'fraud-scorer',
  summary: id,
  phase: 'Baking',
  message: 'eu-west-1: bake 15 min at 10 %',
  package: 'arn:aws:sagemaker:eu-west-1:111111111111:model-package/fraud-scorer/38',
  startedBy: 'zoe',
  startedAt: '2026-11-21T10:00:00.000Z',
  targets: ['333333333333/eu-west-1/fraud-scorer'],
  execution: 'running',
  ...more,
})
const ended = (id: string, endedAt: string) =>
  line(id, { phase: 'Ended', outcome: 'Succeeded', execution: 'completed', endedAt })

test('what waits for a person stands first, then the youngest that runs, then the latest that ended', () => {
  const sections = toSections(
    [
      ended('old', '2026-11-21T09:00:00.000Z'),
      ended('new', '2026-11-21T09:30:00.000Z'),
      line('first'),
      line('second', { startedAt: '2026-11-21T10:05:00.000Z' }),
      line('asks', { phase: 'AwaitingApproval' }),
    ],
    '',
  )
  expect(sections.map(({ title, lines }) => [title, lines.map(({ id }) => id)])).toEqual([
    ['Waiting for a person', ['asks']],
    ['Running', ['second', 'first']],
    ['Ended', ['new', 'old']],
  ])
})

test('a change takes a line in, replaces it, and takes it out when it does not fit any more', () => {
  const filter = { phase: 'Baking', model: 'fraud-scorer' }
  const known = merge(new Map(), [line('a'), line('other', { name: 'pricing' })], filter)
  expect([...known.keys()]).toEqual(['a'])
  expect(merge(known, [line('a', { phase: 'Held' })], filter).size).toBe(0)
  expect(merge(known, [line('a', { message: 'on' })], filter).get('a')?.message).toBe('on')
})

test.each([
  ['eu-west 10 %', true],
  ['ZOE baking', true],
  ['zoe us-east-1', false],
])('a search for %j finds every word anywhere: %j', (search, found) => {
  expect(contains(line('a'), search)).toBe(found)
})

test('a row is called after its package, and names each Region once', () => {
  expect(titleOf(line('a'))).toBe('fraud-scorer v38')
  expect(titleOf(line('a', { package: '' }))).toBe('fraud-scorer')
  expect(messageOf(line('a', { outcome: 'Aborted', message: 'Aborted: by zoe' }))).toBe('by zoe')
  expect(regionsOf(['1/eu-west-1/a', '1/eu-west-1/b', '1/us-east-1/a'])).toEqual(['eu-west-1', 'us-east-1'])
})

test('only the first rows are drawn, over all sections, and each says how many it has', () => {
  const sections = toSections([line('a'), line('b'), ended('c', '2026-11-21T09:00:00.000Z')], '')
  expect(firstRows(sections, 1).map(({ lines, of }) => [lines.length, of])).toEqual([[1, 2]])
  expect(firstRows(sections, 9).map(({ lines, of }) => [lines.length, of])).toEqual([
    [2, 2],
    [1, 1],
  ])
})
