import { describe, expect, test } from 'vitest'
import { freezesAt, occurrences } from './occurrences.ts'
import type { Freeze, FreezeWindow } from './types.ts'

const freeze = (timeZone: string, window: FreezeWindow, rest: Partial<Freeze> = {}): Freeze => ({
  name: 'quiet',
  timeZone,
  window,
  ...rest,
})

/** All times of one freeze between two instants, as instants. */
const times = (one: Freeze, from: string, until: string): readonly string[] =>
  occurrences(one, Date.parse(from), Date.parse(until)).map(
    (span) => `${new Date(span.from).toISOString()} ${new Date(span.until).toISOString()}`,
  )

describe('a freeze', () => {
  test('that is dated holds once, a date alone counting whole', () => {
    const christmas = freeze('Europe/Berlin', { kind: 'between', from: '2026-12-20', until: '2027-01-03' })
    expect(times(christmas, '2020-01-01T00:00Z', '2040-01-01T00:00Z')).toEqual([
      '2026-12-19T23:00:00.000Z 2027-01-03T23:00:00.000Z',
    ])
    const hours = freeze('UTC', { kind: 'between', from: '2026-12-20T18:00', until: '2026-12-20T20:30:10' })
    expect(times(hours, '2026-12-20T20:30:09Z', '2026-12-21T00:00Z')).toEqual([
      '2026-12-20T18:00:00.000Z 2026-12-20T20:30:10.000Z',
    ])
    expect(times(hours, '2026-12-20T20:30:10Z', '2026-12-21T00:00Z'), 'its end is outside').toEqual([])
  })

  test('every year goes over New Year', () => {
    const turn = freeze('UTC', { kind: 'yearly', from: '12-20T18:00', until: '01-02' })
    expect(times(turn, '2027-01-01T00:00Z', '2027-12-31T00:00Z')).toEqual([
      '2026-12-20T18:00:00.000Z 2027-01-03T00:00:00.000Z',
      '2027-12-20T18:00:00.000Z 2028-01-03T00:00:00.000Z',
    ])
  })

  test('of 29 February is on the 28th where there is none', () => {
    const leap = freeze('UTC', { kind: 'yearly', from: '02-29', until: '02-29' })
    expect(times(leap, '2027-01-01T00:00Z', '2028-12-31T00:00Z')).toEqual([
      '2027-02-28T00:00:00.000Z 2027-03-01T00:00:00.000Z',
      '2028-02-29T00:00:00.000Z 2028-03-01T00:00:00.000Z',
    ])
  })

  test('every week goes over Sunday', () => {
    const weekend = freeze('UTC', { kind: 'weekly', from: 'fri 18:00', until: 'mon 08:00' })
    expect(times(weekend, '2026-11-23T07:59:59Z', '2026-11-28T00:00Z')).toEqual([
      '2026-11-20T18:00:00.000Z 2026-11-23T08:00:00.000Z',
      '2026-11-27T18:00:00.000Z 2026-11-30T08:00:00.000Z',
    ])
  })

  test('every night begins on its days and ends on the next', () => {
    const nights = freeze('UTC', { kind: 'daily', from: '18:00', until: '08:00', days: ['sat', 'sun'] })
    expect(times(nights, '2026-11-20T00:00Z', '2026-11-24T00:00Z')).toEqual([
      '2026-11-21T18:00:00.000Z 2026-11-22T08:00:00.000Z',
      '2026-11-22T18:00:00.000Z 2026-11-23T08:00:00.000Z',
    ])
    const sundays = freeze('UTC', { kind: 'daily', from: '00:00', until: '24:00', days: ['sun'] })
    expect(times(sundays, '2026-11-20T00:00Z', '2026-11-24T00:00Z')).toEqual([
      '2026-11-22T00:00:00.000Z 2026-11-23T00:00:00.000Z',
    ])
  })

  test('concerns the models that it names', () => {
    const at = Date.parse('2026-11-22T12:00Z')
    const sundays = (models?: readonly string[]) =>
      freeze(
        'UTC',
        { kind: 'daily', from: '00:00', until: '24:00', days: ['sun'] },
        { ...(models && { models }) },
      )
    const held = (models?: readonly string[]) => freezesAt([sundays(models)], 'fraud-scorer', at).length > 0
    expect(held()).toBe(true)
    expect(held(['fraud-*'])).toBe(true)
    expect(held(['credit', 'fraud-scorer'])).toBe(true)
    expect(held(['fraud', 'scorer', 'fraud-scorer-2', '*-credit'])).toBe(false)
  })
})

/**
 * On the day on which clocks are put forward there is no 02:30, and on the day on which they are put back there are two.
 * Whichever is meant, the freeze holds.
 */
describe('on daylight-saving days a freeze holds in both readings', () => {
  test.each([
    // Clocks go 02:00 → 03:00 at 01:00Z, and 03:00 → 02:00 at 01:00Z.
    ['Europe/Berlin', '2026-03-29', '2026-03-29T00:30:00.000Z', '2026-03-29T01:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'],
    // 02:00 → 03:00 at 07:00Z, and 02:00 → 01:00 at 06:00Z: there 02:30 exists once.
    ['America/New_York', '2026-03-08', '2026-03-08T06:30:00.000Z', '2026-03-08T07:30:00.000Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T07:30:00.000Z', '2026-11-01T07:30:00.000Z'],
    // Lord Howe Island moves by half an hour: 02:00 → 02:30 at 15:30Z, and 02:00 → 01:30 at 15:00Z.
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T15:30:00.000Z', '2026-10-03T15:30:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T16:00:00.000Z', '2026-04-04T16:00:00.000Z'],
  ])('%s on %s: from %s, until %s', (timeZone, date, begins, ends) => {
    const until = freeze(timeZone, { kind: 'between', from: '2026-01-01', until: `${date}T02:30` })
    const from = freeze(timeZone, { kind: 'between', from: `${date}T02:30`, until: '2026-12-31' })
    const at = (one: Freeze) => occurrences(one, Date.parse(begins), Date.parse('2026-12-01T00:00Z'))
    expect(new Date(at(from)[0]?.from ?? 0).toISOString()).toBe(begins)
    expect(
      new Date(
        occurrences(until, Date.parse('2026-02-01T00:00Z'), Date.parse('2026-12-01T00:00Z'))[0]?.until ?? 0,
      ).toISOString(),
    ).toBe(ends)
  })

  test('nights keep their wall-clock hours, so that they are 13, 15 or 14 hours long', () => {
    const nights = freeze('Europe/Berlin', {
      kind: 'daily',
      from: '18:00',
      until: '08:00',
      days: ['sat'],
    })
    const hours = (from: string, until: string) =>
      occurrences(nights, Date.parse(from), Date.parse(until)).map(
        (span) => (span.until - span.from) / 3_600_000,
      )
    expect(hours('2026-03-28T12:00Z', '2026-03-28T20:00Z')).toEqual([13])
    expect(hours('2026-10-24T12:00Z', '2026-10-24T20:00Z')).toEqual([15])
    expect(hours('2026-06-06T12:00Z', '2026-06-06T20:00Z')).toEqual([14])
  })

  test('weekends in New York, too', () => {
    const weekend = freeze('America/New_York', { kind: 'weekly', from: 'fri 18:00', until: 'mon 08:00' })
    expect(times(weekend, '2026-03-07T12:00Z', '2026-03-08T12:00Z')).toEqual([
      '2026-03-06T23:00:00.000Z 2026-03-09T12:00:00.000Z',
    ])
    expect(times(weekend, '2026-10-31T12:00Z', '2026-11-01T12:00Z')).toEqual([
      '2026-10-30T22:00:00.000Z 2026-11-02T13:00:00.000Z',
    ])
  })

  test('a whole Sunday in Lord Howe is 24.5 hours in April', () => {
    const sundays = freeze('Australia/Lord_Howe', {
      kind: 'daily',
      from: '00:00',
      until: '24:00',
      days: ['sun'],
    })
    const [span] = occurrences(sundays, Date.parse('2026-04-05T00:00Z'), Date.parse('2026-04-05T01:00Z'))
    expect(((span?.until ?? 0) - (span?.from ?? 0)) / 3_600_000).toBe(24.5)
  })
})
