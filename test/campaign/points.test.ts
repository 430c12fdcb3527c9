import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { allPoints } from './points.ts'
import { drawCases, randomPoints, type Case } from './random.ts'
import type { Recording } from './recording.ts'
import { addResult, readResults, tidyResults, type Result } from './results.ts'
import type { Scenario } from './scenario.ts'
import { simplestFailure } from './shrink.ts'
import { summarize } from './summary.ts'
import { volleys } from './together.ts'

const looks = 'awaitEndpoint@prodEu:eu-west-1#1/SageMaker.DescribeEndpoint'
const creates = 'ensureModel@prodEu:eu-west-1#1/SageMaker.CreateModel'

const recording: Recording = {
  bundle: 'x',
  paths: {
    good: {
      moments: [
        `before/${creates}#1`,
        `after/${creates}#1`,
        'returned/ensureModel@prodEu:eu-west-1#1',
        `before/${looks}#1`,
        `after/${looks}#1`,
        `before/${looks}#2`,
        'before/awaitEndpoint@prodEu:eu-west-1#1/SageMaker.ListTags#1',
      ],
      turn: 0,
      effects: {},
      requests: { approve: ['before/update#1', 'after/update#1'] },
      phases: ['Preparing', 'Ended'],
    },
  },
}
const fromRecording = () =>
  allPoints(recording)
    .map(({ id }) => id)
    .filter((id) => /^(crash|api|temporal|aws)/.test(id))

describe('the points of the campaign', () => {
  test('are every change before and after, every end of an activity, and of its looks the first', () => {
    expect(
      fromRecording()
        .filter((id) => id.startsWith('crash'))
        .toSorted(),
    ).toEqual([
      `crash/good/after/${looks}#1`,
      `crash/good/after/${creates}#1`,
      `crash/good/before/${looks}#1`,
      `crash/good/before/${creates}#1`,
      'crash/good/returned/ensureModel@prodEu:eu-west-1#1',
    ])
  })

  test('are every operation in every way, every call of the API, and every phase but the last', () => {
    const ids = fromRecording()
    expect(ids.filter((id) => id.startsWith('aws'))).toHaveLength(15)
    expect(ids.filter((id) => id.startsWith('api')).toSorted()).toEqual([
      'api/good/approve/after/update#1',
      'api/good/approve/before/update#1',
    ])
    expect(ids.filter((id) => id.startsWith('temporal'))).toEqual(['temporal/good/Preparing'])
  })

  test('of the ways back are theirs from where they turn', () => {
    const { moments = [], effects = {}, requests = {}, phases = [] } = recording.paths.good ?? {}
    const turn = moments.length
    const back = 'setWeights@prodEu:eu-west-1#2'
    const abort = {
      moments: [...moments, `returned/${back}`, `before/${creates}#2`],
      turn,
      effects,
      requests,
      phases,
    }
    const ids = allPoints({ ...recording, paths: { ...recording.paths, abort } }).map(({ id }) => id)
    expect(
      ids
        .filter(
          (id) => /^(crash|aws).*\/abort\//.test(id) && !/\/(hang|reset|throttled|error-500)\//.test(id),
        )
        .toSorted(),
    ).toEqual([
      'aws/abort/answer-lost/SageMaker.CreateModel',
      `crash/abort/before/${creates}#2`,
      `crash/abort/returned/${back}`,
    ])
  })

  test('begin with what disturbs a change and end with what disturbs a look', () => {
    const ids = fromRecording()
    expect(ids.findLastIndex((id) => id.includes('CreateModel#1'))).toBeLessThan(
      ids.findIndex((id) => id.includes('DescribeEndpoint')),
    )
  })

  test('come first with one of each sort, wherever it happens', () => {
    const elsewhere = 'ensureModel@prodWorld:us-east-1#1/SageMaker.CreateModel#1'
    const [first] = Object.values(recording.paths)
    const moments = [...(first?.moments ?? []), `before/${elsewhere}`]
    const ids = allPoints({ ...recording, paths: { good: { ...first!, moments } } }).map(({ id }) => id)
    const same = ids.filter((id) => /^crash\/good\/before\/ensureModel/.test(id))
    expect(same).toHaveLength(2)
    expect(ids.indexOf(same[1] ?? '')).toBeGreaterThan(
      ids.findLastIndex((id) => id.startsWith('aws/') || id.includes('DescribeEndpoint')),
    )
  })

  test('that are random are the same for the same seed, and others for another', () => {
    expect(drawCases(recording, 7, 5)).toEqual(drawCases(recording, 7, 5))
    expect(drawCases(recording, 8, 5)).not.toEqual(drawCases(recording, 7, 5))
    expect(randomPoints(recording, 7, 2).map(({ id }) => id)).toEqual(['random/7/1', 'random/7/2'])
  })
})

describe('a random rollout that fails', () => {
  const moments = ['SageMaker.CreateModel', 'S3.PutObject'].map(
    (name) => `before/any@prodEu:eu-west-1#1/${name}#1`,
  )
  const wide: Recording = { ...recording, paths: { good: { ...recording.paths.good!, moments } } }

  test('is brought down to what makes it fail', async () => {
    const seen: Case[] = []
    const fails = ({ messages }: Case): boolean => messages.some(({ after }) => after > 20)
    const number = drawCases(wide, 7, 100).findIndex((one) => fails(one) && one.faults.length > 0) + 1
    const simplest = await simplestFailure(wide, 7, number, async (one) => (seen.push(one), !fails(one)), 500)
    expect(seen[0]).toEqual(drawCases(wide, 7, number).at(-1))
    expect(simplest).toMatchObject({ version: 38, faults: [], messages: [{ after: 21, verb: 'abort' }] })
  })

  test('is left as it is when the tries are used up, and is none when it passes', async () => {
    const [first] = drawCases(wide, 7, 1)
    expect(await simplestFailure(wide, 7, 1, async () => false, 1)).toEqual(first)
    expect(await simplestFailure(wide, 7, 1, async () => true, 50)).toBeUndefined()
  })
})

describe('points that share a rollout', () => {
  const crashes = allPoints(recording).filter(({ id }) => id.startsWith('crash'))
  const groups = (points: readonly Scenario[], size: number): readonly string[][] =>
    volleys(points, size).map((one) => one.points.map(({ id }) => id))

  test('are as many as are asked for, each in one rollout', () => {
    const dealt = groups(crashes, 3)
    expect(dealt.map(({ length }) => length).toSorted()).toEqual([2, 3])
    expect(dealt.flat().toSorted()).toEqual(crashes.map(({ id }) => id).toSorted())
    expect(groups(crashes, 1)).toEqual(crashes.map(({ id }) => [id]))
  })

  test('do not follow each other, and never disturb the same', () => {
    const [first, second] = crashes
    expect(groups(crashes, 3).find((group) => group.includes(first?.id ?? ''))).not.toContain(second?.id)
    const misbehaving = allPoints(recording).filter(({ id }) => id.startsWith('aws'))
    for (const { points } of volleys(misbehaving, 4)) {
      const disturbed = points.flatMap(({ onPath }) => onPath?.where ?? [])
      expect(new Set(disturbed).size).toBe(disturbed.length)
    }
    // Both describe the endpoint; the model is made by another activity.
    expect(groups(misbehaving, 2).some(({ length }) => length === 2)).toBe(true)
  })

  test('are of one path and one family; the others stay alone', () => {
    const all = allPoints(recording)
    for (const { points, scenario } of volleys(all, 4)) {
      if (points.length === 1) expect(scenario).toBe(points[0])
      else expect(new Set(points.map(({ id }) => id.split('/', 2).join('/'))).size).toBe(1)
    }
  })
})

describe('the results', () => {
  const result = (id: string, passed: boolean): Result => ({
    id,
    kind: 'crash before',
    path: 'good',
    passed,
    reached: true,
    problems: [],
    outcomes: [],
    seed: 1,
    seconds: 1,
    at: '2026-11-21T00:00:00.000Z',
    commit: 'abc',
  })

  test('are the last of each point, and a line that was cut off is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-results-'))
    const file = join(folder, 'results.jsonl')
    await addResult(file, result('a', false))
    await addResult(file, result('b', true))
    await addResult(file, result('a', true))
    await addResult(file, { ...result('a + b', true), kind: 'together' })
    await writeFile(file, '{"id":"c","passed":tr', { flag: 'a' })
    const results = await readResults(file)
    expect([...results.values()].map(({ id, passed }) => [id, passed])).toEqual([
      ['a', true],
      ['b', true],
      ['a + b', true],
    ])
    expect((await readResults(join(folder, 'none'))).size).toBe(0)
    // Of rollouts that points shared only what failed is kept.
    await tidyResults(file)
    expect((await readFile(file, 'utf8')).match(/"id":"\w"/g)).toEqual(['"id":"a"', '"id":"b"'])
    expect((await readResults(file)).get('a')?.passed).toBe(true)
    await rm(folder, { recursive: true })
  })

  test('are counted against all points, run or not', () => {
    const points = allPoints(recording)
    const id = `crash/good/before/${creates}#1`
    const table = summarize(points, new Map([[id, result(id, true)]]))
    expect(table).toMatch(/\| crash before +\| 1 \/ 2 /)
    expect(table.split('\n').at(-1)).toContain(`| ${points.length} | 1 | 1 | 0 |`)
  })
})
