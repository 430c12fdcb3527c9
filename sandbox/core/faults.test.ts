import { describe, expect, it } from 'vitest'
import { createFaults } from './faults.ts'

const call = {
  service: 'sagemaker',
  operation: 'UpdateEndpoint',
  accountId: '333333333333',
  region: 'eu-west-1',
  name: 'fraud',
}

const make = (random = () => 0) => {
  const time = { now: 1000 }
  return { time, faults: createFaults(() => time.now, random) }
}

describe('faults', () => {
  it('act once when nothing else is said', () => {
    const { faults } = make()
    faults.arm({ kind: 'throttle' })
    expect(faults.take('throttle', call)?.id).toBe('fault-1')
    expect(faults.take('throttle', call)).toBeUndefined()
    expect(faults.list()).toEqual([])
  })

  it.each([
    ['another kind', { kind: 'reset' }],
    ['another operation', { kind: 'throttle', operation: 'DeleteEndpoint' }],
    ['another account', { kind: 'throttle', accountId: '111111111111' }],
    ['another Region', { kind: 'throttle', region: 'us-east-1' }],
    ['another name', { kind: 'throttle', name: 'churn*' }],
  ])('leave %s alone', (_what, request) => {
    const { faults } = make()
    faults.arm(request)
    expect(faults.take('throttle', call)).toBeUndefined()
    expect(faults.list()).toHaveLength(1)
  })

  it('match by prefix', () => {
    const { faults } = make()
    faults.arm({ kind: 'throttle', operation: 'Update*', name: 'fr*' })
    expect(faults.take('throttle', call)).toBeDefined()
  })

  it('count down, after the calls they let through', () => {
    const { faults } = make()
    faults.arm({ kind: 'throttle', times: 2, skip: 1 })
    const hits = [1, 2, 3, 4].map(() => faults.take('throttle', call) !== undefined)
    expect(hits).toEqual([false, true, true, false])
  })

  it('end with their time', () => {
    const { faults, time } = make()
    faults.arm({ kind: 'throttle', forMs: 500 })
    expect([faults.take('throttle', call), faults.take('throttle', call)]).not.toContain(undefined)
    time.now += 500
    expect(faults.take('throttle', call)).toBeUndefined()
  })

  it('hit and let through by turns, for each resource by itself', () => {
    const { faults } = make()
    faults.arm({ kind: 'throttle', cycle: { hit: 2, pass: 1 } })
    const hits = (name: string, times: number) =>
      Array.from({ length: times }, () => faults.take('throttle', { ...call, name }) !== undefined)
    expect(hits('a', 4)).toEqual([true, true, false, true])
    expect(hits('b', 3)).toEqual([true, true, false])
    expect(hits('a', 2)).toEqual([true, false])
  })

  it('hit by chance', () => {
    const draws = [0.9, 0.1, 0.2]
    const { faults } = make(() => draws.shift()!)
    faults.arm({ kind: 'throttle', probability: 0.15 })
    expect([1, 2, 3].map(() => faults.take('throttle', call) !== undefined)).toEqual([false, true, false])
  })

  it('are cleared one by one or all at once', () => {
    const { faults } = make()
    const { id } = faults.arm({ kind: 'throttle' })
    faults.arm({ kind: 'reset' })
    faults.arm({ kind: 'slow' })
    expect(faults.clear(id)).toBe(1)
    expect(faults.list().map((one) => one.kind)).toEqual(['reset', 'slow'])
    expect(faults.clear()).toBe(2)
  })
})
