import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RolloutLine } from '../answers.ts'
import { createListWatcher } from './list-watcher.ts'
import type { ServerSentEvent } from './server-sent.ts'

const line = (id: string, message = ''): RolloutLine => ({
  id,
  name: 'fraud',
  summary: id,
  phase: 'Baking',
  message,
  package: '',
  startedBy: '',
  startedAt: '',
  since: '',
  targets: [],
  execution: 'running',
})

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function listen(watcher: ReturnType<typeof createListWatcher>) {
  const heard: ServerSentEvent[] = []
  return { heard, leave: watcher.watch((event) => heard.push(event)) }
}

test('one poll serves all listeners, and nobody listening nothing is polled', async () => {
  const look = vi.fn(async () => [line('a')])
  const watcher = createListWatcher({ look })
  const listeners = Array.from({ length: 200 }, () => listen(watcher))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(look).toHaveBeenCalledTimes(3)
  expect(listeners.every(({ heard }) => heard.length === 1 && heard[0]?.event === 'ready')).toBe(true)
  for (const { leave } of listeners) leave()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(look).toHaveBeenCalledTimes(3)
})

test('only what is new or other is told', async () => {
  let lines = [line('a'), line('b')]
  const watcher = createListWatcher({ look: async () => lines })
  const { heard } = listen(watcher)
  await vi.advanceTimersByTimeAsync(600)
  lines = [line('a'), line('b', 'on'), line('c')]
  await vi.advanceTimersByTimeAsync(600)
  expect(heard.map(({ event }) => event)).toEqual(['ready', 'changed'])
  expect(heard[1]?.data).toEqual({ rollouts: [line('b', 'on'), line('c')] })
  watcher.close()
})

test('who comes later may load at once', async () => {
  const watcher = createListWatcher({ look: async () => [line('a')] })
  listen(watcher)
  await vi.advanceTimersByTimeAsync(100)
  expect(listen(watcher).heard).toEqual([{ event: 'ready', data: {} }])
  watcher.close()
})

test('a Temporal that is away is told once, and so is its return', async () => {
  let down = false
  const watcher = createListWatcher({
    look: async () => {
      if (down) throw new Error('down')
      return [line('a')]
    },
  })
  const { heard } = listen(watcher)
  await vi.advanceTimersByTimeAsync(600)
  down = true
  await vi.advanceTimersByTimeAsync(2_000)
  down = false
  await vi.advanceTimersByTimeAsync(600)
  expect(heard.slice(1)).toMatchObject([
    { event: 'temporal', data: { answers: false } },
    { event: 'temporal', data: { answers: true } },
  ])
  watcher.close()
})

test('a look that takes long is followed by a longer pause', async () => {
  const look = vi.fn(async () => {
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    return []
  })
  const watcher = createListWatcher({ look })
  listen(watcher)
  await vi.advanceTimersByTimeAsync(13_000)
  expect(look).toHaveBeenCalledTimes(3)
  watcher.close()
})
