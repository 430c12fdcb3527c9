import { describe, expect, test } from 'vitest'
import { allowedVerbs, allowedWithoutWorker, effectMeaning, type Caller, type Decidable } from './allowed.ts'
import { outcomes, phases, verbs, type Verb } from './phases.ts'
import { mayUse, type Role } from './roles.ts'
import { judgeVerb, legalVerbs, type Situation } from './verbs.ts'

const gate = {
  id: 'approval',
  title: 'approval',
  why: 'the document asks for it',
  required: 2,
  from: ['ml-leads'],
  selfApproval: false,
  approvals: [] as readonly string[],
  openedAt: '2026-11-21T10:00:00.000Z',
}
const roles: readonly Role[] = ['viewer', 'operator', 'approver']
const waiting: Decidable = {
  phase: 'AwaitingApproval',
  paused: false,
  startedBy: 'zoe',
  gate,
  legal: ['approve', 'reject', 'pause', 'abort'],
}
const person = (name: string, roles: Caller['roles'], groups: readonly string[] = []): Caller => ({
  name,
  roles,
  groups,
})
const mia = person('mia', ['approver'], ['ml-leads'])
const allowed = (rollout: Decidable, caller: Caller) => allowedVerbs(rollout, caller).map(({ verb }) => verb)

describe('who may decide', () => {
  test.each([
    ['a viewer nothing', person('vic', ['viewer'], ['ml-leads']), []],
    ['an operator what stops', person('otto', ['operator'], ['ml-leads']), ['pause', 'abort']],
    [
      'an approver of another team neither approve nor reject',
      person('ida', ['approver']),
      ['pause', 'abort'],
    ],
    ['an approver whom the gate names everything', mia, ['approve', 'reject', 'pause', 'abort']],
    [
      'who started it may say no, but not yes',
      person('zoe', ['approver'], ['ml-leads']),
      ['reject', 'pause', 'abort'],
    ],
  ] as const)('%s', (_title, caller, verbsOf) => {
    expect(allowed(waiting, caller)).toEqual(verbsOf)
  })

  test('nobody approves twice', () => {
    expect(allowed({ ...waiting, gate: { ...gate, approvals: ['mia'] } }, mia)).not.toContain('approve')
  })

  test('a gate that asks for a role is open to who has it', () => {
    const open = { ...waiting, gate: { ...gate, from: ['role:approver'] } }
    expect(allowed(open, person('ida', ['approver']))).toContain('approve')
  })
})

describe('what a verb does', () => {
  const does = (rollout: Partial<Decidable>, verb: Verb) =>
    allowedVerbs({ ...waiting, ...rollout, legal: [verb] }, mia)[0]?.does

  test('depends on the phase', () => {
    const at = { gate: undefined }
    expect(does({ ...at, phase: 'Baking' }, 'promote')).toBe(effectMeaning['skip-bake'])
    expect(does({ ...at, phase: 'Promoted' }, 'promote')).toBe(effectMeaning.commit)
    expect(does({ ...at, phase: 'Held' }, 'promoteFull')).toBe(effectMeaning['commit-finished'])
    expect(does({ ...at, phase: 'NeedsHuman' }, 'retry')).toBe(effectMeaning['retry-compensation'])
    expect(does({ ...at, phase: 'Promoted' }, 'undo')).toBe(effectMeaning['undo-by-weights'])
    expect(does({ ...at, phase: 'Ended', outcome: 'Succeeded' }, 'undo')).toBe(
      effectMeaning['undo-by-rollout'],
    )
  })

  test('is asked a reason for where it takes something back', () => {
    const asked = allowedVerbs({ ...waiting, legal: ['approve', 'reject', 'pause', 'abort'] }, mia)
    expect(asked.filter(({ needsComment }) => needsComment).map(({ verb }) => verb)).toEqual([
      'reject',
      'abort',
    ])
  })
})

test('what is offered is what the rollout would take, and does what is said, in every situation and for every role', () => {
  const flags = [false, true]
  const situations = phases.flatMap((phase) =>
    flags.flatMap((committed) =>
      flags.flatMap((paused) =>
        flags.flatMap((revertingAll) =>
          flags.flatMap((trafficMoved) =>
            flags.flatMap((finished) =>
              [null, { id: 'approval', kind: 'approval' } as const].flatMap((open) =>
                (phase === 'Ended' ? outcomes : [undefined]).map((outcome): Situation => ({
                  phase,
                  committed,
                  paused,
                  revertingAll,
                  trafficMoved,
                  finishedWaves: finished ? 1 : 0,
                  gate: open,
                  ...(outcome === undefined ? {} : { outcome }),
                })),
              ),
            ),
          ),
        ),
      ),
    ),
  )
  for (const situation of situations) {
    const { phase, paused, outcome } = situation
    const rollout: Decidable = {
      phase,
      paused,
      startedBy: 'zoe',
      legal: legalVerbs(situation),
      ...(outcome === undefined ? {} : { outcome }),
      ...(situation.gate ? { gate } : {}),
    }
    for (const role of roles) {
      const caller = person('mia', [role], ['ml-leads'])
      const taken = verbs
        .filter((verb) => mayUse(role, verb))
        .flatMap((verb) => {
          const legality = judgeVerb(verb, situation)
          return legality.legal && legality.effect !== 'nothing'
            ? [[verb, effectMeaning[legality.effect]]]
            : []
        })
      const offered = allowedVerbs(rollout, caller).map(({ verb, does }) => [verb, does])
      expect(offered, JSON.stringify({ role, ...situation })).toEqual(taken)
    }
  }
  expect(situations.length).toBeGreaterThan(1_000)
})

test('without a worker a rollout can be told to stop, and it is said that this waits', () => {
  const left = allowedWithoutWorker('Baking', mia)
  expect(left.map(({ verb }) => verb)).toEqual(['pause', 'abort'])
  expect(left[0]?.does).toContain('left with Temporal')
  expect(allowedWithoutWorker('Committing', mia)).toEqual([])
  expect(allowedWithoutWorker('Baking', person('vic', ['viewer']))).toEqual([])
})
