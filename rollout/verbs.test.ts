import { describe, expect, it } from 'vitest'
import type { Phase } from './phases.ts'
import { phases, verbs } from './phases.ts'
import { mayStart, mayUse } from './roles.ts'
import type { Situation } from './verbs.ts'
import { judgeVerb, legalVerbs } from './verbs.ts'

const at = (phase: Phase, situation: Partial<Situation> = {}): Situation => ({
  phase,
  committed: false,
  gate: null,
  paused: phase === 'Paused',
  revertingAll: false,
  finishedWaves: 0,
  ...situation,
})

const gate = { id: 'approval', kind: 'approval' } as const

describe('every verb in every phase', () => {
  it('is either legal with an effect or refused with a reason that a person can read', () => {
    for (const verb of verbs) {
      for (const phase of phases) {
        for (const committed of [false, true]) {
          for (const open of [null, gate]) {
            const legality = judgeVerb(verb, at(phase, { committed, gate: open }))
            if (!legality.legal) expect(legality.reason.length, `${verb} in ${phase}`).toBeGreaterThan(15)
            else expect(legality.effect).toBeTruthy()
          }
        }
      }
    }
  })
})

describe('abort', () => {
  it('is refused from the first commit on', () => {
    for (const phase of phases) {
      expect(judgeVerb('abort', at(phase, { committed: true })).legal, phase).toBe(false)
    }
  })

  it('is legal in every phase before that', () => {
    for (const phase of phases) expect(judgeVerb('abort', at(phase)).legal, phase).toBe(true)
  })

  it('changes nothing when everything is being put back already, or nothing is left to undo', () => {
    expect(judgeVerb('abort', at('Reverting', { revertingAll: true }))).toEqual({
      legal: true,
      effect: 'nothing',
    })
    expect(judgeVerb('abort', at('Ended', { outcome: 'Aborted' }))).toEqual({
      legal: true,
      effect: 'nothing',
    })
  })

  it('puts everything back while only one wave is being put back', () => {
    expect(judgeVerb('abort', at('Reverting'))).toEqual({ legal: true, effect: 'abort' })
  })
})

describe('approve and reject', () => {
  it('are refused in every phase when no gate is open', () => {
    for (const phase of phases) {
      expect(judgeVerb('approve', at(phase)).legal, phase).toBe(false)
      expect(judgeVerb('reject', at(phase)).legal, phase).toBe(false)
    }
  })

  it('decide the open gate, also while the rollout is paused', () => {
    for (const phase of ['AwaitingApproval', 'AwaitingDecision', 'Paused'] as const) {
      expect(judgeVerb('approve', at(phase, { gate }))).toEqual({ legal: true, effect: 'approve-gate' })
      expect(judgeVerb('reject', at(phase, { gate }))).toEqual({ legal: true, effect: 'reject-gate' })
    }
  })
})

describe('promote', () => {
  it('is refused unless something bakes or waits for commit', () => {
    expect(judgeVerb('promote', at('Shifting')).legal).toBe(false)
    expect(judgeVerb('promote', at('AwaitingDecision', { gate })).legal).toBe(false)
    expect(judgeVerb('promote', at('Held')).legal).toBe(false)
  })

  it('skips the rest of a bake, and ends keepPrevious', () => {
    expect(judgeVerb('promote', at('Baking'))).toEqual({ legal: true, effect: 'skip-bake' })
    expect(judgeVerb('promote', at('Promoted'))).toEqual({ legal: true, effect: 'commit' })
  })
})

describe('promoteFull', () => {
  it('is refused before traffic moves, at a gate, and in Held when no wave is finished', () => {
    expect(judgeVerb('promoteFull', at('Preparing')).legal).toBe(false)
    expect(judgeVerb('promoteFull', at('AwaitingDecision', { gate })).legal).toBe(false)
    expect(judgeVerb('promoteFull', at('Paused', { gate })).legal).toBe(false)
    expect(judgeVerb('promoteFull', at('Held')).legal).toBe(false)
  })

  it('keeps the finished waves of a held rollout', () => {
    expect(judgeVerb('promoteFull', at('Held', { finishedWaves: 1 }))).toEqual({
      legal: true,
      effect: 'commit-finished',
    })
  })
})

describe('retry', () => {
  it('repeats a held wave or a stuck compensation, also after commit, and nothing else', () => {
    expect(judgeVerb('retry', at('Held'))).toEqual({ legal: true, effect: 'retry-wave' })
    expect(judgeVerb('retry', at('NeedsHuman', { committed: true }))).toEqual({
      legal: true,
      effect: 'retry-compensation',
    })
    for (const phase of phases.filter((phase) => phase !== 'Held' && phase !== 'NeedsHuman'))
      expect(judgeVerb('retry', at(phase)).legal, phase).toBe(false)
  })
})

describe('undo', () => {
  it('is refused for what never was committed', () => {
    expect(judgeVerb('undo', at('Ended', { outcome: 'RolledBack' })).legal).toBe(false)
    expect(judgeVerb('undo', at('Baking')).legal).toBe(false)
  })

  it('works by weights while Promoted and by a new rollout after success', () => {
    expect(judgeVerb('undo', at('Promoted'))).toEqual({ legal: true, effect: 'undo-by-weights' })
    expect(judgeVerb('undo', at('Ended', { outcome: 'Succeeded', committed: true }))).toEqual({
      legal: true,
      effect: 'undo-by-rollout',
    })
    // Part of it was committed, and that part can be undone.
    expect(judgeVerb('undo', at('Ended', { outcome: 'Partial', committed: true })).legal).toBe(true)
  })
})

describe('legalVerbs', () => {
  it('shows only what would change something', () => {
    expect(legalVerbs(at('Baking'))).toEqual(['pause', 'promote', 'promoteFull', 'abort'])
    expect(legalVerbs(at('Paused'))).toEqual(['resume', 'abort'])
    expect(legalVerbs(at('Paused', { trafficMoved: true }))).toEqual(['resume', 'promoteFull', 'abort'])
    expect(legalVerbs(at('Ended', { outcome: 'RolledBack' }))).toEqual([])
    expect(legalVerbs(at('Committing', { committed: true }))).toEqual([])
  })
})

describe('roles', () => {
  it('let a viewer do nothing and an operator never say yes', () => {
    for (const verb of verbs) expect(mayUse('viewer', verb)).toBe(false)
    for (const verb of ['approve', 'reject', 'promote', 'promoteFull', 'undo'] as const)
      expect(mayUse('operator', verb)).toBe(false)
    expect(mayUse('operator', 'abort')).toBe(true)
    for (const verb of verbs) expect(mayUse('approver', verb)).toBe(true)
  })

  it('keep emergency starts for approvers', () => {
    expect(mayStart('viewer', false)).toBe(false)
    expect(mayStart('operator', false)).toBe(true)
    expect(mayStart('operator', true)).toBe(false)
    expect(mayStart('approver', true)).toBe(true)
  })
})
