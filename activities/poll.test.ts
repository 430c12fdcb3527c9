import { CancelledFailure } from '@temporalio/common'
import { describe, expect, it, vi } from 'vitest'
import { activityContext, failureOf } from '../test/support/accounts.ts'
import { poll } from './poll.ts'

it('counts what a look took towards the time until the next, so that looks come as often as was asked', async () => {
  const look = async () => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    return { done: false, waitingFor: 'rain' } as const
  }
  const failure = await failureOf(activityContext().run(() => poll({ every: 10_000, look })))
  expect(failure).toMatchObject({ type: 'NotYet' })
  expect((failure as { nextRetryDelay: number }).nextRetryDelay).toBeLessThan(9_750)
})

it('keeps to the time that a look asked for', async () => {
  const look = async () => ({ done: false, waitingFor: 'rain', after: 3_000 }) as const
  const failure = await failureOf(activityContext().run(() => poll({ every: 10_000, look })))
  expect(failure).toMatchObject({ type: 'NotYet', nextRetryDelay: 3_000 })
})

describe('an attempt that stays', () => {
  const looks = (news: (look: number) => boolean = () => false) => {
    const seen: (number | undefined)[] = []
    return {
      seen,
      look: async ({ state }: { readonly state: number | undefined }) => {
        seen.push(state)
        if (seen.length === 4) return { done: true, value: 'dry' } as const
        return { done: false, waitingFor: 'rain', state: seen.length, news: news(seen.length) } as const
      },
    }
  }

  it('looks again by itself, with what it saw, and heartbeats each time', async () => {
    const { seen, look } = looks()
    const environment = activityContext()
    const beats: unknown[] = []
    environment.on('heartbeat', (details: unknown) => beats.push(details))
    const stay = { atMost: 60_000, longestWait: 1_000 }
    expect(await environment.run(() => poll({ every: 20, stay, look }))).toBe('dry')
    expect(seen).toEqual([undefined, 1, 2, 3])
    expect(beats).toEqual([1, 2, 3])
  })

  it('heartbeats while a look takes long, with what was known before', async () => {
    vi.useFakeTimers()
    const environment = activityContext({ heartbeatDetails: 'dry so far' })
    const beats: unknown[] = []
    environment.on('heartbeat', (details: unknown) => beats.push(details))
    const look = async () => {
      await new Promise((resolve) => setTimeout(resolve, 12_000))
      return { done: true, value: 'wet' } as const
    }
    const stay = { atMost: 60_000, longestWait: 1_000 }
    const ended = environment.run(() => poll<string, string>({ every: 20, stay, look }))
    await vi.advanceTimersByTimeAsync(12_000)
    expect(await ended).toBe('wet')
    expect(beats).toEqual(['dry so far', 'dry so far'])
    vi.useRealTimers()
  })

  it('ends as soon as there is something to tell', async () => {
    const { seen, look } = looks((number) => number === 2)
    const stay = { atMost: 60_000, longestWait: 1_000 }
    const failure = await failureOf(activityContext().run(() => poll({ every: 20, stay, look })))
    expect(failure).toMatchObject({ type: 'NotYet', message: 'rain' })
    expect(seen).toHaveLength(2)
  })

  it.each([
    ['a wait would be too long', { atMost: 60_000, longestWait: 10 }],
    ['its time is over', { atMost: 10, longestWait: 1_000 }],
  ])('ends when %s', async (_, stay) => {
    const { seen, look } = looks()
    const failure = await failureOf(activityContext().run(() => poll({ every: 500, stay, look })))
    expect(failure).toMatchObject({ type: 'NotYet' })
    expect(seen).toHaveLength(1)
  })

  it('leaves the next look to another worker, as punctual, when its own stops', async () => {
    const { look } = looks()
    const stopping = new AbortController()
    const stay = { atMost: 600_000, longestWait: 600_000, leave: stopping.signal }
    const ended = failureOf(activityContext().run(() => poll({ every: 300_000, stay, look })))
    setTimeout(() => stopping.abort(), 100)
    const failure = (await ended) as { type: string; nextRetryDelay: number }
    expect(failure.type).toBe('NotYet')
    expect(failure.nextRetryDelay).toBeGreaterThan(200_000)
    expect(failure.nextRetryDelay).toBeLessThan(300_000)
  })

  it('ends when it is cancelled', async () => {
    const { look } = looks()
    const environment = activityContext()
    const stay = { atMost: 600_000, longestWait: 600_000, leave: new AbortController().signal }
    const ended = failureOf(environment.run(() => poll({ every: 300_000, stay, look })))
    setTimeout(() => environment.cancel(), 50)
    expect(await ended).toBeInstanceOf(CancelledFailure)
  })
})
