import { describe, expect, it } from 'vitest'
import { combineOutcomes, exitCodeOf, exitCodeWhenDone, meaningOf } from './outcome.ts'
import { outcomes } from './phases.ts'

describe('combineOutcomes', () => {
  it('lets NeedsHuman outrank Conflict, and Conflict everything else', () => {
    expect(combineOutcomes(['RolledBack', 'Conflict', 'NeedsHuman'])).toBe('NeedsHuman')
    for (const other of outcomes.filter((outcome) => outcome !== 'NeedsHuman')) {
      expect(combineOutcomes([other, 'Conflict'])).toBe('Conflict')
      expect(combineOutcomes([other, 'NeedsHuman'])).toBe('NeedsHuman')
    }
  })

  it('never calls a rollout a success when one part was not', () => {
    for (const other of outcomes) expect(combineOutcomes(['Succeeded', other])).toBe(other)
  })

  it('keeps RolledBack over Failed: an endpoint was updated', () => {
    expect(combineOutcomes(['Failed', 'RolledBack'])).toBe('RolledBack')
  })
})

it('an undo that succeeded brought the previous model back, not a new one', () => {
  expect(meaningOf('Succeeded', undefined)).toMatch(/new model serves/)
  expect(meaningOf('Succeeded', 'fraud-37-aaaaaaaa')).toBe('every target is back on its previous config')
  expect(meaningOf('RolledBack', 'fraud-37-aaaaaaaa')).toBe(meaningOf('RolledBack', undefined))
})

describe('exit codes', () => {
  it.each([
    ['Succeeded', 0],
    ['Failed', 1],
    ['RolledBack', 2],
    ['Aborted', 2],
    ['Rejected', 2],
    ['Superseded', 2],
    ['NeedsHuman', 4],
    ['Conflict', 4],
    ['Partial', 4],
  ] as const)('%s exits %d', (outcome, code) => {
    expect(exitCodeOf(outcome)).toBe(code)
  })

  it('goes on watching while a rollout bakes, and stops when it is promoted or needs a person', () => {
    expect(exitCodeWhenDone({ phase: 'Baking' })).toBeNull()
    expect(exitCodeWhenDone({ phase: 'Promoted' })).toBe(0)
    expect(exitCodeWhenDone({ phase: 'NeedsHuman' })).toBe(4)
    expect(exitCodeWhenDone({ phase: 'Ended', outcome: 'RolledBack' })).toBe(2)
  })
})
