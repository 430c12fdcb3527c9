import picocolors from 'picocolors'
import { describe, expect, test } from 'vitest'
import type { LiveRollout, StaleRollout } from '../../api/answers.ts'
import type { StepState } from '../../rollout/phases.ts'
import type { StepView, TargetView } from '../../rollout/view.ts'
import { foldSteps } from './fold.ts'
import { age, bytes, clip, justify } from './text.ts'
import { drawRollout } from './tree.ts'

const colors = picocolors.createColors(false)
const now = Date.parse('2026-11-21T10:10:00Z')
const at = (time: string): string => `2026-11-21T10:${time}Z`

const step = (number: number, state: StepState, more: Partial<StepView> = {}): StepView => ({
  number,
  id: `s-${number}`,
  title: `step ${number}`,
  kind: 'shift',
  state,
  targets: [],
  ...more,
})

const target = (region: string, wave: number, more: Partial<TargetView> = {}): TargetView => ({
  key: `333333333333/${region}/fraud`,
  account: 'prod',
  accountId: '333333333333',
  region,
  endpoint: 'fraud',
  wave,
  action: 'update',
  state: 'Pending',
  message: '',
  stable: 'AllTraffic',
  candidate: 'c-12345678',
  asked: 0,
  actual: 0,
  weights: [],
  since: at('00:00'),
  ...more,
})

const rollout = (more: Partial<LiveRollout> = {}): LiveRollout => ({
  id: 'fraud-38-x7k2p9ab',
  name: 'fraud',
  title: 'fraud v38',
  package: 'arn',
  version: 1,
  phase: 'Baking',
  message: 'wave 1: bake 15 min at 10 %',
  since: at('05:00'),
  startedAt: at('00:00'),
  startedBy: 'otto',
  paused: false,
  steps: [],
  targets: [],
  decisions: [],
  timeline: [],
  measurements: [],
  findings: [],
  instructions: [],
  kept: [],
  legal: [],
  stale: false,
  execution: 'running',
  progress: [],
  retrying: [],
  alarms: [],
  links: { self: '', events: '', plan: '' },
  ...more,
})

const draw = (one: LiveRollout | StaleRollout, width = 80, height?: number): readonly string[] =>
  drawRollout(one, { now, width, colors, ...(height === undefined ? {} : { height }) })

describe('the tree', () => {
  test('shows steps with their times, the bake with its countdown, and targets by wave with asked and actual weights', () => {
    const lines = draw(
      rollout({
        deadline: at('20:00'),
        steps: [
          step(1, 'Passed', { title: 'check everything', startedAt: at('00:00'), endedAt: at('00:03') }),
          step(2, 'Running', { title: 'wave 1: bake 15 min', kind: 'bake', startedAt: at('05:00') }),
          step(3, 'Pending', { title: 'wave 2: shift 10 %' }),
        ],
        targets: [
          target('eu-west-1', 1, { state: 'Watched', asked: 10, actual: 10 }),
          target('us-east-1', 2, { state: 'Shifting', asked: 10, actual: 0, message: 'Updating' }),
        ],
      }),
    )
    expect(lines).toEqual([
      '◐ fraud v38  Baking                                       fraud-38-x7k2p9ab  10m',
      '  wave 1: bake 15 min at 10 %                                           10m left',
      '├─ ✓  1 check everything                                                      3s',
      '├─ ◐  2 wave 1: bake 15 min                                         5m, 10m left',
      '└─ ○  3 wave 2: shift 10 %',
      'wave 1',
      '└─ ◉ 333333333333/eu-west-1/fraud  Watched                             10 %  10m',
      'wave 2',
      '└─ ◐ 333333333333/us-east-1/fraud  Shifting: Updating      0 % (asked 10 %)  10m',
    ])
  })

  test('counts the alarms over a target that are fine, and shows those that are red or gone', () => {
    const lines = draw(
      rollout({
        targets: [target('eu-west-1', 1, { state: 'Watched', asked: 10, actual: 10 })],
        alarms: [
          {
            target: '333333333333/eu-west-1/fraud',
            alarms: [
              {
                name: 'sluice-fraud-p99',
                state: 'ALARM',
                owner: 'rollout',
                value: 412_000,
                threshold: 300_000,
                comparison: '>',
                unit: 'microseconds',
                since: at('08:00'),
              },
              { name: 'fraud-business', state: 'NotFound', owner: 'team' },
              { name: 'fraud-5xx', state: 'OK', owner: 'team', value: 0, threshold: 0.05 },
            ],
            blind: { since: at('09:00'), error: 'Throttling' },
          },
        ],
      }),
    )
    expect(lines.slice(3)).toEqual([
      '└─ ◉ 333333333333/eu-west-1/fraud  Watched, alarms: 1 OK               10 %  10m',
      '     ✗ sluice-fraud-p99 in ALARM: 412 ms > 300 ms, 2m (of this rollout)',
      '     ✗ fraud-business deleted',
      '     the alarms cannot be read for 1m: Throttling',
    ])
    expect(draw(rollout({ targets: [target('eu-west-1', 1, { asked: 10 })] })).join()).not.toContain('alarm')
  })

  test('shows how far a copy is, and what is being tried again', () => {
    const lines = draw(
      rollout({
        steps: [step(1, 'Running', { title: 'copy to us-east-1', startedAt: at('09:00') })],
        progress: [
          {
            activity: 'copyArtifact',
            activityId: 'x',
            step: 1,
            objects: 1,
            objectsTotal: 2,
            bytes: 1.2e9,
            bytesTotal: 4.8e9,
          },
        ],
        retrying: [{ activity: 'copyArtifact', attempt: 3, failure: 'SlowDown' }],
      }),
    )
    expect(lines).toContain('  trying again (3): copyArtifact: SlowDown')
    expect(lines.at(-1)).toBe(
      '└─ ◐  1 copy to us-east-1  1.2 GB of 4.8 GB                                   1m',
    )
  })

  test('tells who may decide at a gate, for how long, and what to type', () => {
    const lines = draw(
      rollout({
        phase: 'AwaitingApproval',
        gate: {
          id: 'approval',
          title: 'approval',
          why: 'the document asks for it',
          required: 2,
          from: ['ml-leads'],
          selfApproval: false,
          approvals: ['mia'],
          openedAt: at('00:00'),
          expiresAt: '2026-11-22T09:10:00Z',
        },
      }),
    )
    expect(lines.at(-2)).toBe(
      '◷ approval: 1 of 2 approvals; may decide: ml-leads                   23h00m left',
    )
    expect(lines.at(-1)).toMatch(/sluice approve fraud-38-x7k2p9ab --comment …/)
  })

  test('says what a person must run', () => {
    const lines = draw(rollout({ phase: 'NeedsHuman', instructions: ['aws sagemaker describe-endpoint'] }))
    expect(lines.at(-1)).toBe('  run: aws sagemaker describe-endpoint')
  })

  test('of an ended rollout counts to its end and gives the reason', () => {
    const [first, second] = draw(
      rollout({ phase: 'Ended', outcome: 'RolledBack', reason: 'alarm fraud-5xx', endedAt: at('02:00') }),
    )
    expect(first).toMatch(/^↶ fraud v38 {2}RolledBack .* 2m$/)
    expect(second).toBe('  alarm fraud-5xx')
  })

  test('says what is known, and why no more, while no worker answers', () => {
    const { stale: _, ...line } = rollout()
    const lines = draw({
      ...line,
      stale: true,
      summary: 'fraud v38 · Baking',
      since: at('00:00'),
      staleBecause: 'No worker answers.',
      targets: ['333333333333/eu-west-1/fraud'],
    })
    expect(lines.slice(1)).toEqual([
      '  fraud v38 · Baking',
      '  No worker answers.',
      '  · 333333333333/eu-west-1/fraud',
    ])
  })

  test.each([40, 60, 80, 120])('never writes beyond %i columns', (width) => {
    const long = 'a very long text that goes on and on '.repeat(8)
    const lines = draw(
      rollout({
        message: long,
        steps: [step(1, 'Failed', { title: long, message: long, startedAt: at('00:00') })],
        targets: [target('ap-southeast-2', 1, { message: long, asked: 10 })],
        retrying: [{ activity: 'copyArtifact', attempt: 3, failure: long }],
        instructions: [long],
      }),
      width,
    )
    expect(lines.filter((line) => Array.from(line).length > width)).toEqual([])
  })

  test('fits into the height of the terminal', () => {
    const steps = Array.from({ length: 60 }, (_, index) => step(index + 1, index < 30 ? 'Passed' : 'Pending'))
    expect(draw(rollout({ steps, targets: [target('eu-west-1', 1)] }), 80, 20).length).toBeLessThanOrEqual(20)
  })
})

describe('folding', () => {
  const states = (list: string): StepView[] =>
    Array.from(list, (letter, index) =>
      step(
        index + 1,
        ({ P: 'Passed', R: 'Running', F: 'Failed', '.': 'Pending', S: 'Skipped' } as const)[letter] ??
          'Pending',
      ),
    )
  const show = (rows: ReturnType<typeof foldSteps>): string[] =>
    rows.map((row) => (row.kind === 'folded' ? row.text : `${row.step.number}`))

  test.each<[string, string, number | undefined, string[]]>([
    ['nothing when there is room', 'PPR..', 5, ['1', '2', '3', '4', '5']],
    ['nothing when the room is not known', 'PPR..', undefined, ['1', '2', '3', '4', '5']],
    [
      'the oldest and the farthest first',
      'PPPPR....',
      5,
      ['3 steps passed', '4', '5', '6', '3 steps to come'],
    ],
    ['never what runs or failed', 'FPPPPPPR', 3, ['1', '6 steps passed', '8']],
    ['into words', 'PPPSR', 3, ['3 steps passed, 1 skipped', '5']],
  ])('folds %s', (_what, list, room, expected) => {
    expect(show(foldSteps(states(list), room))).toEqual(expected)
  })
})

describe('texts', () => {
  test('what has line ends stays on its line', () => {
    expect([clip('a\r\n  b', 80), justify('a\nb', 'c', Number.POSITIVE_INFINITY)]).toEqual(['a b', 'a b  c'])
  })

  test.each([
    [0, '0s'],
    [-5_000, '0s'],
    [59_400, '59s'],
    [60_000, '1m'],
    [61_000, '1m01s'],
    [599_000, '9m59s'],
    [3_540_000, '59m'],
    [3_900_000, '1h05m'],
    [266_400_000, '3d02h'],
  ])('%i ms are %s', (milliseconds, text) => {
    expect(age(milliseconds)).toBe(text)
  })

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [123_456_789, '123 MB'],
    [4.8e9, '4.8 GB'],
    [7e15, '7000 TB'],
  ])('%d bytes are %s', (count, text) => {
    expect(bytes(count)).toBe(text)
  })

  test('are cut by letters, not by halves of them', () => {
    expect(clip('🚀🚀🚀', 2)).toBe('🚀…')
    expect(justify('left', '', 3)).toBe('le…')
  })
})
