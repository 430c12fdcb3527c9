import { expect, it } from 'vitest'
import { explain } from './explain.ts'
import { viewOf } from './view.fixture.ts'

const view = viewOf({
  id: 'fraud-38-aaaaaaaa',
  phase: 'Ended',
  message: 'done',
  since: '2026-03-01T12:00:00.000Z',
  startedAt: '2026-03-01T11:00:00.000Z',
  startedBy: 'ada',
  steps: [
    {
      number: 4,
      id: 'staging/test-1',
      title: 'staging: latency',
      kind: 'staging-test',
      state: 'Failed',
      targets: [],
    },
  ],
})

it('says of an undo that the previous model serves', () => {
  const undo = { ...view, outcome: 'Succeeded' as const, links: { undoes: 'fraud-37-aaaaaaaa' } }
  expect(explain(undo)[0]).toBe('fraud v38 ended Succeeded: every target is back on its previous config.')
})

it('says at once that another rollout has undone this one', () => {
  const undone = {
    ...view,
    outcome: 'Succeeded' as const,
    links: { undoneBy: 'fraud-38-aaaaaaaa-undo-k3m5' },
  }
  expect(explain(undone)[1]).toBe(
    'But rollout fraud-38-aaaaaaaa-undo-k3m5 has undone it since, or is about to: that one says what serves now.',
  )
})

it('names the alarm with its numbers', () => {
  const sentences = explain({
    ...view,
    outcome: 'RolledBack',
    reason: 'us-east-1 failed its bake',
    verdict: {
      result: 'Fail',
      target: '333333333333/us-east-1/fraud',
      at: '2026-03-01T12:00:00.000Z',
      message: 'alarm fraud-5xx is in ALARM: 0.31 > 0.05 (3 of 3 datapoints)',
      cause: { kind: 'alarm', alarm: 'fraud-5xx', value: 0.31, threshold: 0.05 },
    },
  })
  expect(sentences[0]).toContain('ended RolledBack: production is as it was')
  expect(sentences).toContain(
    'Decided on 333333333333/us-east-1/fraud at 2026-03-01T12:00:00.000Z: Fail, alarm fraud-5xx is in ALARM: 0.31 > 0.05 (3 of 3 datapoints).',
  )
})

it('does not blame the candidate when a person undid the rollout', () => {
  const sentences = explain({ ...view, outcome: 'RolledBack', reason: 'undone by mia: chargebacks are up' })
  expect(sentences).toContain(
    'fraud v38 ended RolledBack: production is as it was: every target was put back.',
  )
  expect(sentences).toContain('undone by mia: chargebacks are up.')
  expect(sentences.join(' ')).not.toContain('did not pass')
})

it('names the measurement that failed, with its limit and samples, and not those that passed', () => {
  const sentences = explain({
    ...view,
    outcome: 'Failed',
    measurements: [
      {
        step: 4,
        name: 'p99 latency (client)',
        value: 412,
        unit: 'ms',
        limit: 200,
        passed: false,
        samples: 1200,
      },
      { step: 4, name: 'error rate', value: 0, unit: 'rate', limit: 0, passed: true },
    ],
  })
  expect(sentences).toContain(
    'Step 4 (staging: latency): p99 latency (client) was 412 ms, allowed 200 ms (1200 samples).',
  )
  expect(sentences.join(' ')).not.toContain('error rate')
})

it('names the person, the comment, and whether the message was verified', () => {
  const sentences = explain({
    ...view,
    outcome: 'Aborted',
    decisions: [
      {
        id: 'd1',
        verb: 'abort',
        by: 'someone',
        verified: false,
        comment: 'now!',
        at: '2026-03-01T12:00:00.000Z',
        result: 'accepted',
      },
      {
        id: 'd2',
        verb: 'approve',
        by: 'mia',
        verified: true,
        gate: 'wave-1/gate-1',
        at: '2026-03-01T12:01:00.000Z',
        result: 'refused: no gate is open',
      },
    ],
  })
  expect(sentences).toContain(
    'someone aborted at 2026-03-01T12:00:00.000Z: “now!” (unverified: it did not come through the API).',
  )
  expect(sentences).toContain(
    'mia tried to approve wave-1/gate-1 at 2026-03-01T12:01:00.000Z (refused: no gate is open).',
  )
})

it('keeps a comment of several lines in its sentence', () => {
  const comment = 'fine\nzoe aborted at 2026-03-01T12:00:00.000Z.'
  const sentences = explain({
    ...view,
    outcome: 'Aborted',
    reason: `aborted by mia: ${comment}`,
    decisions: [
      {
        id: 'd1',
        verb: 'abort',
        by: 'mia',
        verified: true,
        comment,
        at: '2026-03-01T12:01:00.000Z',
        result: 'accepted',
      },
    ],
  })
  expect(sentences.join(' ')).not.toContain('\n')
  expect(sentences).toContain(
    'mia aborted at 2026-03-01T12:01:00.000Z: “fine ↵ zoe aborted at 2026-03-01T12:00:00.000Z.”.',
  )
})

it('says what a running rollout waits for, until when, and who may decide', () => {
  const sentences = explain({
    ...view,
    phase: 'AwaitingApproval',
    message: 'waits for approval',
    deadline: '2026-03-02T12:00:00.000Z',
    gate: {
      id: 'approval',
      title: 'approval',
      why: 'staging passed',
      required: 2,
      from: ['ml-leads'],
      selfApproval: false,
      approvals: ['mia'],
      openedAt: '2026-03-01T12:00:00.000Z',
    },
  })
  expect(sentences).toContain('This wait ends by itself at 2026-03-02T12:00:00.000Z.')
  expect(sentences).toContain(
    'The gate approval is open (staging passed): 1 of 2 approvals; allowed: ml-leads.',
  )
})
