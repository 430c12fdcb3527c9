import { describe, expect, test } from 'vitest'
import { since, viewOf } from '../../view.fixture.ts'
import type { RolloutView, StepView, TargetView } from '../../view.ts'
import { drawButtons, gateKey } from './buttons.ts'
import { decidedBy, readGateKey } from './answers.ts'
import { renderMessage } from './message.ts'
import { nextOfTimeline } from './thread.ts'

const view = (changes: Partial<RolloutView> = {}): RolloutView =>
  viewOf({ version: 7, phase: 'Baking', message: 'wave 1: bake 15 min', ...changes })

const gate = {
  id: 'approval',
  title: 'approval before production',
  why: 'a person must decide',
  required: 1,
  from: ['ml-leads'],
  approvals: [],
  selfApproval: false,
  openedAt: since,
}

const texts = (rollout: RolloutView): string => JSON.stringify(renderMessage(rollout).blocks)

describe('the message of a rollout', () => {
  test('fits into Slack with 200 targets, 700 steps and texts without end', () => {
    const long = '<&>`'.repeat(2_000)
    const targets = Array.from({ length: 200 }, (_, index): TargetView => ({
      key: `333333333333/ap-southeast-2/${'fraud-scorer-'.repeat(4)}${index}`,
      account: 'prod',
      accountId: '333333333333',
      region: 'ap-southeast-2',
      endpoint: 'fraud',
      wave: 1,
      action: 'update',
      state: 'Committing',
      message: long,
      stable: 'v1',
      candidate: 'c-1',
      asked: 100,
      actual: 100,
      weights: [],
      since,
    }))
    const steps = Array.from({ length: 700 }, (_, index): StepView => ({
      number: index + 1,
      id: `s-${index}`,
      title: long,
      kind: 'shift',
      state: 'Failed',
      targets: [],
      message: long,
    }))
    const { text, blocks } = renderMessage(
      view({
        title: long,
        message: long,
        package: long,
        targets,
        steps,
        gate: { ...gate, title: long, why: long, from: [long], approvals: [long] },
        instructions: [long, long],
        legal: ['approve', 'reject', 'pause', 'resume', 'retry', 'abort'],
        verdict: { result: 'Fail', target: 'a', at: since, message: long, cause: { kind: 'none' } },
        decisions: Array.from({ length: 50 }, (_, index) => ({
          id: String(index),
          verb: 'approve',
          by: long,
          verified: true,
          comment: long,
          at: since,
          result: long,
        })),
      }),
      { unacknowledged: true },
    )
    expect(text.length).toBeLessThanOrEqual(4_000)
    expect(blocks.length).toBeLessThanOrEqual(50)
    for (const block of blocks) {
      if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150)
      if (block.type === 'section') expect(block.text?.text.length).toBeLessThanOrEqual(3_000)
      if (block.type === 'actions') expect(block.elements.length).toBeLessThanOrEqual(25)
    }
    expect(JSON.stringify(blocks)).toMatch(/… and \d+ more/)
  })

  test('lets nobody mention a channel, make a link or break out of a code block', () => {
    const shown = texts(
      view({
        message: '<!channel> <https://evil|here> & <@U1>',
        instructions: ['aws ``` <!here>'],
        decisions: [
          {
            id: '1',
            verb: 'pause',
            by: '<!here>',
            verified: false,
            comment: '<!channel>',
            at: since,
            result: 'x',
          },
        ],
      }),
    )
    expect(shown).not.toMatch(/<!channel>|<!here>|<https|<@U1>/)
    expect(shown).toContain('&lt;!channel&gt;')
    expect(shown.split('```')).toHaveLength(3)
    expect(shown).toContain('(not verified)')
  })

  test('has a button for what is legal now and for nothing else', () => {
    const labels = (rollout: RolloutView, unacknowledged = false) =>
      drawButtons(rollout, unacknowledged).map(({ text }) => text.text)
    expect(labels(view())).toEqual([])
    expect(labels(view({ legal: ['promote', 'pause', 'abort', 'undo'] }))).toEqual(['Pause', 'Abort'])
    expect(labels(view({ gate, legal: ['approve', 'reject', 'resume'] }))).toEqual([
      'Approve',
      'Reject…',
      'Resume',
    ])
    const frozen = view({ gate: { ...gate, needsReason: true }, legal: ['approve'] })
    expect(labels(frozen)).toEqual(['Approve…'])
    expect(labels(view({ legal: ['retry'] }), true)).toEqual(['Retry', 'I take care of it'])
  })

  test('has buttons that mean the gate which was open, not one of the same name that opens later', () => {
    const [button] = drawButtons(view({ gate, legal: ['approve'] }), false)
    const { key } = JSON.parse(button?.value ?? '{}') as { key: string }
    expect(key).toBe(gateKey(gate))
    expect(readGateKey(key)).toEqual({ id: 'approval', openedAt: since })
    expect(gateKey({ ...gate, openedAt: '2026-01-02T00:00:00.000Z' })).not.toBe(key)
  })
})

describe('who comes too late', () => {
  const decided = (verb: 'approve' | 'reject' | 'pause', at: string, result: string, by = 'mia') => ({
    id: by + at,
    verb,
    by,
    verified: true,
    gate: 'approval',
    at,
    result,
  })

  test('reads who decided at this gate, not who was refused or who decided at an earlier one', () => {
    const later = '2026-01-01T00:05:00.000Z'
    const decisions = [
      decided('approve', '2025-12-31T00:00:00.000Z', 'approved', 'old'),
      decided('reject', later, 'rejected', 'ben'),
      decided('approve', later, 'refused: no gate is open', 'late'),
      decided('pause', later, 'paused', 'zoe'),
    ]
    expect(decidedBy({ decisions }, gate)).toMatch(/^It was already rejected by ben <!date/)
    expect(decidedBy({ decisions: decisions.slice(2) }, gate)).toBeUndefined()
  })
})

describe('the thread', () => {
  test('gets the whole timeline in parts that fit, each entry once and in order', () => {
    const timeline = Array.from({ length: 300 }, (_, index) => ({
      seq: index + 1,
      at: since,
      kind: 'note' as const,
      text: `${index + 1} ${'x'.repeat(index * 3)}`,
    }))
    const lines: string[] = []
    for (let after = 0, parts = 0; ; parts++) {
      const next = nextOfTimeline({ timeline }, after)
      if (!next) break
      expect(next.text.length).toBeLessThanOrEqual(3_500)
      lines.push(...next.text.split('\n'))
      after = next.upTo
      expect(parts).toBeLessThan(300)
    }
    expect(lines.map((line) => Number(/> (\d+) /.exec(line)?.[1]))).toEqual(timeline.map(({ seq }) => seq))
  })
})
