import { describe, expect, it } from 'vitest'
import type { BakeLook } from './judge.ts'
import { judgeBake, judgeWatch } from './judge.ts'

const look: BakeLook = {
  target: '333333333333/eu-west-1/fraud',
  at: '2026-03-01T12:00:00.000Z',
  expected: ['a', 'b'],
  readings: [
    { name: 'a', state: 'OK' },
    { name: 'b', state: 'OK' },
  ],
  invocations: 1000,
  minInvocations: 300,
  whenInsufficientData: 'wait',
}

describe('judgeBake', () => {
  it('fails by the alarm that went red first, and names the others', () => {
    const verdict = judgeBake({
      ...look,
      readings: [
        { name: 'a', state: 'ALARM', since: '2026-03-01T11:59:00.000Z' },
        { name: 'b', state: 'ALARM', since: '2026-03-01T11:58:00.000Z' },
      ],
    })
    expect(verdict).toMatchObject({ result: 'Fail', cause: { kind: 'alarm', alarm: 'b' } })
    expect(verdict.message).toContain('also a')
  })

  it('fails by an alarm that was red meanwhile and is green again, and says when', () => {
    const since = '2026-03-01T11:57:00.000Z'
    const moments = [
      { name: 'b', state: 'ALARM' as const, since, past: true, reason: '0.9 > 0.5' },
      { name: 'b', state: 'ALARM' as const, since: '2026-03-01T11:58:00.000Z', past: true },
      { name: 'other', state: 'ALARM' as const, since, past: true },
    ]
    expect(judgeBake({ ...look, moments })).toMatchObject({
      result: 'Fail',
      message: `alarm b was in ALARM at ${since}: 0.9 > 0.5`,
      cause: { kind: 'alarm', alarm: 'b', since },
    })
  })

  it('does not count an alarm that nobody asked to watch', () => {
    const readings = [...look.readings, { name: 'other', state: 'ALARM' as const }]
    expect(judgeBake({ ...look, readings }).result).toBe('Pass')
  })

  it('is an Error, not a Pass, when an alarm was deleted meanwhile', () => {
    expect(judgeBake({ ...look, readings: [{ name: 'a', state: 'OK' }] })).toMatchObject({
      result: 'Error',
      cause: { kind: 'could-not-look' },
    })
  })

  it.each([
    ['wait', 'Inconclusive'],
    ['fail', 'Fail'],
    ['pass', 'Pass'],
  ] as const)('with whenInsufficientData %s an alarm without data is %s', (whenInsufficientData, result) => {
    const readings = [
      { name: 'a', state: 'OK' as const },
      { name: 'b', state: 'INSUFFICIENT_DATA' as const },
    ]
    expect(judgeBake({ ...look, whenInsufficientData, readings }).result).toBe(result)
  })

  it('never passes without traffic, whatever the alarms say', () => {
    expect(judgeBake({ ...look, invocations: 299 })).toMatchObject({
      result: 'Inconclusive',
      cause: { kind: 'traffic', invocations: 299, minimum: 300 },
    })
    expect(judgeBake({ ...look, invocations: 0, whenInsufficientData: 'pass' }).result).toBe('Inconclusive')
    expect(judgeBake({ ...look, invocations: null }).result).toBe('Error')
  })

  it('passes with enough traffic and quiet alarms, and says both', () => {
    expect(judgeBake(look).message).toBe('no alarm is in ALARM, and the candidate served 1000 requests')
  })
})

describe('judgeWatch', () => {
  it('does not fail on missing data alone, but on red', () => {
    const missing = [
      { name: 'a', state: 'INSUFFICIENT_DATA' as const },
      { name: 'b', state: 'OK' as const },
    ]
    expect(judgeWatch({ ...look, readings: missing }).result).toBe('Pass')
    expect(judgeWatch({ ...look, readings: [{ name: 'a', state: 'ALARM' }] }).result).toBe('Fail')
  })
})
