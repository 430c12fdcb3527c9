import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { StaleRollout } from '../answers.ts'
import type { Look } from '../temporal/read-rollout.ts'
import { createWatchers, type Notice } from './watcher.ts'

const look = (summary: string, execution?: StaleRollout['execution']): Look => ({
  answer: answer(summary, execution),
  mark: summary,
  askedAt: 0,
})
const answer = (summary: string, execution: StaleRollout['execution'] = 'running'): StaleRollout => ({
  id: 'a-1',
  name: 'fraud',
  summary,
  phase: 'Baking',
  message: '',
  package: '',
  startedBy: '',
  startedAt: '',
  since: '',
  targets: [],
  execution,
  stale: true,
  staleBecause: 'no worker',
  links: { self: '', events: '', plan: '' },
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a watcher', () => {
  test('polls once for all listeners, and not at all when nobody listens', async () => {
    const read = vi.fn(async () => look('x'))
    const watchers = createWatchers({ look: read })
    const leave = [watchers.watch('a-1', () => {}), watchers.watch('a-1', () => {})]
    await vi.advanceTimersByTimeAsync(800)
    expect(read).toHaveBeenCalledTimes(3)
    for (const one of leave) one()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(read).toHaveBeenCalledTimes(3)
    expect(watchers.size()).toBe(0)
  })

  test('tells who comes later what it saw last', async () => {
    const watchers = createWatchers({ look: async () => look('x') })
    watchers.watch('a-1', () => {})
    await vi.advanceTimersByTimeAsync(0)
    const heard: Notice[] = []
    watchers.watch('a-1', (notice) => heard.push(notice))
    expect(heard).toMatchObject([{ kind: 'answer', answer: { summary: 'x' } }])
    watchers.close()
  })

  test('looks less often while nothing changes, and at full speed again when something does', async () => {
    let summary = 'quiet'
    const read = vi.fn(async () => look(summary))
    const watchers = createWatchers({ look: read })
    watchers.watch('a-1', () => {})
    await vi.advanceTimersByTimeAsync(120_000)
    read.mockClear()
    await vi.advanceTimersByTimeAsync(6_000)
    expect(read).toHaveBeenCalledTimes(10)
    summary = 'news'
    await vi.advanceTimersByTimeAsync(800)
    read.mockClear()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(read).toHaveBeenCalledTimes(7)
    watchers.close()
  })

  test('gives every look the one before, so that it can be cheap', async () => {
    const read = vi.fn(async (_id: string, _before?: Look) => look('x'))
    const watchers = createWatchers({ look: read })
    watchers.watch('a-1', () => {})
    await vi.advanceTimersByTimeAsync(500)
    expect(read.mock.calls.map(([, before]) => before?.mark)).toEqual([undefined, 'x'])
    watchers.close()
  })

  test('goes on after a failure, and stops after the end', async () => {
    const read = vi
      .fn<() => Promise<Look>>()
      .mockRejectedValueOnce(new Error('down'))
      .mockResolvedValueOnce(look('x'))
      .mockResolvedValue(look('over', 'completed'))
    const heard: string[] = []
    createWatchers({ look: read }).watch('a-1', (notice) => heard.push(notice.kind))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(heard).toEqual(['trouble', 'answer', 'answer'])
    expect(read).toHaveBeenCalledTimes(3)
  })
})
