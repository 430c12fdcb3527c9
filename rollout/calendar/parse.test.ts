import { describe, expect, test } from 'vitest'
import { parseCalendar } from './parse.ts'

const calendar = (freezes: string) => `apiVersion: sluice/v1\nkind: Calendar\nfreezes:\n${freezes}`

function messages(text: string): readonly string[] {
  const parsed = parseCalendar(text)
  return parsed.ok ? [] : parsed.problems.map(({ line, message }) => `${line}: ${message}`)
}

describe('a calendar file', () => {
  test('is read with every way of writing a window', () => {
    const parsed = parseCalendar(
      calendar(`
  - { name: year end, timeZone: Europe/Berlin, reason: nobody is here, yearly: { from: 12-20, until: 01-02 } }
  - { name: sale, timeZone: America/New_York, models: [shop-*], between: { from: 2026-11-26, until: 2026-11-30T12:00 } }
  - { name: weekends, timeZone: UTC, weekly: { from: fri 18:00, until: mon 08:00 } }
  - { name: nights, timeZone: UTC, daily: { from: "18:00", until: "08:00" } }
`),
    )
    expect(parsed).toMatchObject({
      ok: true,
      freezes: [
        {
          name: 'year end',
          reason: 'nobody is here',
          window: { kind: 'yearly', from: '12-20', until: '01-02' },
        },
        { models: ['shop-*'], window: { kind: 'between', from: '2026-11-26', until: '2026-11-30T12:00' } },
        { window: { kind: 'weekly', from: 'fri 18:00', until: 'mon 08:00' } },
        { window: { kind: 'daily', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] } },
      ],
    })
  })

  test.each([
    ['- { name: x, timeZone: +01:00, daily: {} }', /timeZone: found "\+01:00"; allowed: an IANA time zone/],
    ['- { name: x, timeZone: Mars/Olympus, daily: {} }', /IANA time zone/],
    ['- { name: x, timeZone: UTC }', /freezes\[0\]: found no window; allowed: exactly one of/],
    [
      '- { name: x, timeZone: UTC, daily: {}, weekly: { from: fri 18:00, until: mon 08:00 } }',
      /found weekly and daily; allowed: exactly one of/,
    ],
    [
      '- { name: x, timeZone: UTC, between: { from: 2026-02-30, until: 2026-03-01 } }',
      /a day that the calendar has/,
    ],
    [
      '- { name: x, timeZone: UTC, between: { from: 2026-03-02, until: 2026-03-01 } }',
      /`until` after `from`/,
    ],
    ['- { name: x, timeZone: UTC, yearly: { from: 13-01, until: 01-01 } }', /a day of the year/],
    ['- { name: x, timeZone: UTC, weekly: { from: Friday, until: mon 08:00 } }', /`fri 18:00`/],
    ['- { name: x, timeZone: UTC, daily: { from: "25:00" } }', /a time of the day in quotes/],
    ['- { name: x, timeZone: UTC, daily: { days: [] } }', /at least one weekday/],
    [
      '- { name: x, timeZone: UTC, model: y, daily: {} }',
      /freezes\[0\]\.model: found an unknown key; allowed: `models`/,
    ],
  ])('says what is wrong with %s', (text, expected) => {
    expect(messages(calendar(`  ${text}`)).join('\n')).toMatch(expected)
  })

  test('tells everything at once, with lines', () => {
    expect(messages(calendar('  - { name: x, timeZone: UTC }\n  - { name: y, timeZone: UTC }'))).toEqual([
      expect.stringMatching(/^4: freezes\[0\]/),
      expect.stringMatching(/^5: freezes\[1\]/),
    ])
  })
})
