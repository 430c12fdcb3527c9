import { describe, expect, it } from 'vitest'
import { renderDetails, summaryLine } from './render.ts'
import { viewOf } from './view.fixture.ts'

const view = viewOf({
  id: 'fraud-38-aaaaaaaa',
  version: 7,
  phase: 'Baking',
  message: 'wave 1: bake 15 min at 10 %',
  since: '2026-03-01T12:00:00.000Z',
  startedAt: '2026-03-01T11:00:00.000Z',
  startedBy: 'ada',
  deadline: '2026-03-01T12:15:00.000Z',
  steps: [
    {
      number: 1,
      id: 'preflight',
      title: 'check | everything',
      kind: 'preflight',
      state: 'Passed',
      targets: [],
      startedAt: '2026-03-01T11:00:00.000Z',
      endedAt: '2026-03-01T11:00:05.000Z',
    },
    {
      number: 2,
      id: 'wave-1/bake-1',
      title: 'eu-west-1: bake 15 min at 10 %',
      kind: 'bake',
      state: 'Running',
      targets: ['333333333333/eu-west-1/fraud'],
      message: 'two\nlines',
    },
  ],
  targets: [
    {
      key: '333333333333/eu-west-1/fraud',
      account: 'prod',
      accountId: '333333333333',
      region: 'eu-west-1',
      endpoint: 'fraud',
      wave: 1,
      action: 'update',
      state: 'Watched',
      message: 'no alarm',
      stable: 'AllTraffic',
      candidate: 'c-aaaaaaaa',
      asked: 10,
      actual: 10,
      weights: [],
      since: '2026-03-01T12:00:00.000Z',
    },
  ],
})

describe('renderDetails', () => {
  it('keeps a pipe or a line break in a title from breaking the table', () => {
    const rows = renderDetails(view)
      .split('\n')
      .filter((line) => /^\| \d+ \|/.test(line))
    expect(rows).toEqual([
      '| 1 | check \\| everything | ✅ Passed | 2026-03-01 11:00:00 | 2026-03-01 11:00:05 |',
      '| 2 | eu-west-1: bake 15 min at 10 % | ▶ Running: two lines |  |  |',
    ])
  })

  it('shows asked beside actual weights', () => {
    expect(renderDetails(view)).toContain(
      '| 333333333333/eu-west-1/fraud | 1 | Watched: no alarm | 10 % | 10 % |',
    )
  })

  it('shows the commands that a person must run', () => {
    expect(renderDetails({ ...view, instructions: ['aws sagemaker describe-endpoint'] })).toContain(
      '```\naws sagemaker describe-endpoint\n```',
    )
  })
})

describe('summaryLine', () => {
  it('says where it is, what it waits for and until when', () => {
    expect(summaryLine(view)).toBe('fraud v38 · Baking · wave 1: bake 15 min at 10 % (until 12:15:00Z)')
  })

  it('says how it ended and why', () => {
    expect(summaryLine({ ...view, phase: 'Ended', outcome: 'RolledBack', reason: 'alarm x: 3 > 1' })).toBe(
      'fraud v38 · RolledBack · alarm x: 3 > 1',
    )
  })
})
