import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { StaleRollout } from '../answers.ts'
import { createWatchers, type Notice } from './watcher.ts'

const answer = (summary: string, execution: StaleRollout['execution'] = 'running'): StaleRollout => ({
  id: 'a-1',
  name: 'fraud',
  summary,
  phase: 'Baking',
  message: '',
  package: '',
  startedBy: '',
  startedAt: '',
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
    const read = vi.fn(async () => answer('x'))
    const watchers = createWatchers({ read })
    const leave = [watchers.watch('a-1', () => {}), watchers.watch('a-1', () => {})]
    await vi.advanceTimersByTimeAsync(1_000)
    expect(read).toHaveBeenCalledTimes(3)
    for (const one of leave) one()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(read).toHaveBeenCalledTimes(3)
    expect(watchers.size()).toBe(0)
  })

  test('tells who comes later what it saw last', async () => {
    const watchers = createWatchers({ read: async () => answer('x') })
    watchers.watch('a-1', () => {})
    await vi.advanceTimersByTimeAsync(0)
    const heard: Notice[] = []
    watchers.watch('a-1', (notice) => heard.push(notice))
    expect(heard).toMatchObject([{ kind: 'answer', answer: { summary: 'x' } }])
    watchers.close()
  })

  test('looks less often while nothing changes, and at full speed again when something does', async () => {
    let summary = 'quiet'
    const read = vi.fn(async () => answer(summary))
    const watchers = createWatchers({ read })
    watchers.watch('a-1', () => {})
    await vi.advanceTimersByTimeAsync(120_000)
    read.mockClear()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(read).toHaveBeenCalledTimes(10)
    summary = 'news'
    await vi.advanceTimersByTimeAsync(3_000)
    read.mockClear()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(read).toHaveBeenCalledTimes(4)
    watchers.close()
  })

  test('goes on after a failure, and stops after the end', async () => {
    const read = vi
      .fn<() => Promise<StaleRollout>>()
      .mockRejectedValueOnce(new Error('down'))
      .mockResolvedValueOnce(answer('x'))
      .mockResolvedValue(answer('over', 'completed'))
    const heard: string[] = []
    createWatchers({ read }).watch('a-1', (notice) => heard.push(notice.kind))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(heard).toEqual(['trouble', 'answer', 'answer'])
    expect(read).toHaveBeenCalledTimes(3)
  })
})
