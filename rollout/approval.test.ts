import { describe, expect, it } from 'vitest'
import type { GateRule } from './approval.ts'
import { refuseDecider } from './approval.ts'

const rule: GateRule = { from: ['ml-leads', 'sam'], selfApproval: false, startedBy: 'ada', approvals: [] }
const mia = { name: 'mia', groups: ['ml-leads'] }

describe('refuseDecider', () => {
  it('lets nobody through an empty list', () => {
    expect(refuseDecider('approve', mia, { ...rule, from: [] })).toContain('nobody')
  })

  it('refuses who is neither named nor in a named group', () => {
    expect(refuseDecider('approve', { name: 'eve', groups: ['guests'] }, rule)).toContain('ml-leads, sam')
    expect(refuseDecider('reject', { name: 'eve', groups: [] }, rule)).not.toBeNull()
  })

  it('refuses the one who started it, unless the document allows that', () => {
    const ada = { name: 'ada', groups: ['ml-leads'] }
    expect(refuseDecider('approve', ada, rule)).toContain('started this rollout')
    expect(refuseDecider('approve', ada, { ...rule, selfApproval: true })).toBeNull()
    expect(refuseDecider('reject', ada, rule)).toBeNull()
  })

  it('counts nobody twice', () => {
    expect(refuseDecider('approve', mia, { ...rule, approvals: ['mia'] })).toContain('already')
  })

  it('lets people through by name and by group', () => {
    expect(refuseDecider('approve', mia, rule)).toBeNull()
    expect(refuseDecider('approve', { name: 'sam', groups: [] }, rule)).toBeNull()
  })
})
