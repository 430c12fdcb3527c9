import { describe, expect, test } from 'vitest'
import { viewOf as view } from '../view.fixture.ts'
import type { RolloutView } from '../view.ts'
import { detect } from './detect.ts'
import { nothingTold } from './memory.ts'
import type { NoticeMemory } from './types.ts'

const reminders = { approval: 60_000, needsHuman: 10_000 }

const gate = {
  id: 'approval',
  title: 'approve',
  why: 'a person must decide',
  required: 1,
  from: ['ml-leads'],
  selfApproval: false,
  approvals: [],
  openedAt: '2026-01-01T00:01:00.000Z',
}

const step = (number: number, state: 'Pending' | 'Passed' | 'Failed') => ({
  number,
  id: `step-${number}`,
  title: `step ${number}`,
  kind: 'shift' as const,
  state,
  targets: [],
})

const stuck = (...keys: readonly string[]) =>
  keys.map((key) => ({
    key,
    account: 'prod',
    accountId: '333333333333',
    region: 'eu-west-1',
    endpoint: 'fraud',
    wave: 1,
    action: 'update' as const,
    state: 'NeedsHuman' as const,
    message: '',
    stable: 'v1',
    candidate: 'c-1',
    asked: 0,
    actual: 0,
    weights: [],
    since: '',
  }))

/** Looks at one view after another and says what was told at each. */
const looks = (
  ...seen: readonly (readonly [now: number, view: RolloutView, acknowledged?: readonly string[]])[]
) => {
  let memory: NoticeMemory = { ...nothingTold, started: true }
  return seen.map(([now, at, acknowledged = []]) => {
    const found = detect(at, memory, { now, reminders, acknowledged })
    memory = found.memory
    return found.notices.map(({ id }) => id.replace('fraud-38-x/', ''))
  })
}

describe('what people are told of a rollout', () => {
  test('is its start, once', () => {
    const first = detect(view(), nothingTold, { now: 0, reminders, acknowledged: [] })
    expect(first.notices).toMatchObject([{ id: 'fraud-38-x/started', text: 'fraud v38 was started by zoe' }])
    expect(detect(view(), first.memory, { now: 1, reminders, acknowledged: [] }).notices).toEqual([])
  })

  test('is every step that is done, also when several were between two looks', () => {
    expect(
      looks(
        [0, view({ steps: [step(1, 'Passed'), step(2, 'Passed'), step(3, 'Pending')] })],
        [1, view({ steps: [step(1, 'Passed'), step(2, 'Passed'), step(3, 'Failed')] })],
      ),
    ).toEqual([['step-done/1', 'step-done/2'], ['step-done/3']])
  })

  test('is a gate when it opens, again while it waits, and a gate of the same name that opens later', () => {
    const open = view({ phase: 'AwaitingApproval', gate })
    const later = view({ gate: { ...gate, openedAt: '2026-01-02T00:00:00.000Z' } })
    expect(looks([0, open], [59_999, open], [60_000, open], [61_000, view()], [62_000, later])).toEqual([
      ['waiting-for-approval/approval@2026-01-01T00:01:00.000Z'],
      [],
      ['waiting-for-approval/approval@2026-01-01T00:01:00.000Z/1'],
      [],
      ['waiting-for-approval/approval@2026-01-02T00:00:00.000Z'],
    ])
  })

  test('is a held wave, which waits for a person like a gate', () => {
    const held = view({ phase: 'Held', message: 'wave 1 failed. Say retry, abort or promoteFull' })
    const { notices } = detect(held, nothingTold, { now: 0, reminders, acknowledged: [] })
    expect(notices.map(({ text }) => text)).toContain(
      'fraud v38 waits for a person: wave 1 failed. Say retry, abort or promoteFull',
    )
  })

  test('is a verdict against the candidate, and not one that only asks', () => {
    const verdict = {
      result: 'Fail' as const,
      target: 'a',
      at: 't',
      message: 'alarm x',
      cause: { kind: 'none' as const },
    }
    expect(
      looks(
        [0, view({ verdict: { ...verdict, result: 'Inconclusive' } })],
        [1, view({ verdict })],
        [2, view({ verdict })],
      ),
    ).toEqual([[], ['alarm/a@t'], []])
  })

  test('is trouble again and again until somebody acknowledges it, and new trouble all the same', () => {
    const trouble = view({ phase: 'NeedsHuman', targets: stuck('a') })
    const more = view({ phase: 'NeedsHuman', targets: stuck('a', 'b') })
    expect(
      looks(
        [0, trouble],
        [9_000, trouble],
        [10_000, trouble],
        [20_000, trouble],
        [30_000, trouble, ['1']],
        [90_000, trouble, ['1']],
        [91_000, more, ['1']],
        [92_000, view(), ['1']],
        [93_000, trouble, ['1', '2']],
      ),
    ).toEqual([
      ['needs-human/1'],
      [],
      ['needs-human/1/1'],
      ['needs-human/1/2'],
      [],
      [],
      ['needs-human/2'],
      [],
      ['needs-human/3'],
    ])
  })

  test('says when to look again, and nothing of what is acknowledged', () => {
    const trouble = view({ phase: 'NeedsHuman', gate })
    const first = detect(trouble, nothingTold, { now: 1_000, reminders, acknowledged: [] })
    expect(first.remindAt).toBe(11_000)
    const then = detect(trouble, first.memory, { now: 2_000, reminders, acknowledged: ['1'] })
    expect(then.remindAt).toBe(61_000)
  })

  test.each([
    ['Succeeded', 'succeeded'],
    ['RolledBack', 'rolled-back'],
    ['Rejected', 'rolled-back'],
    ['Aborted', 'rolled-back'],
    ['Superseded', 'rolled-back'],
    ['Failed', 'failed'],
    ['Partial', 'needs-human/1'],
    ['Conflict', 'needs-human/1'],
    ['NeedsHuman', 'needs-human/1'],
  ] as const)('of an end %s is %s, once', (outcome, told) => {
    const ended = view({ phase: 'Ended', outcome, reason: 'why' })
    expect(looks([0, ended], [1, ended])).toEqual([[told], []])
  })

  test('of an undo does not say that the new model serves', () => {
    const undo = view({ phase: 'Ended', outcome: 'Succeeded', reason: 'why', links: { undoes: 'fraud-37' } })
    const { notices } = detect(undo, nothingTold, { now: 0, reminders, acknowledged: [] })
    expect(notices.map(({ text }) => text).join()).toContain('every target is back on its previous config')
  })

  test('stays short, whatever the rollout says', () => {
    const long = view({ phase: 'NeedsHuman', message: 'x'.repeat(9_000), instructions: ['y'.repeat(9_000)] })
    const { notices } = detect(long, nothingTold, { now: 0, reminders, acknowledged: [] })
    for (const notice of notices) expect(JSON.stringify(notice).length).toBeLessThan(8_000)
  })
})
