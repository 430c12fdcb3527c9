import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration, writeDuration } from './duration.ts'

describe('parseDuration', () => {
  it.each(['', '15', 'm', '1.5h', '-5m', '15 m', '15M', '1h30m', '1w', '366d', '99999999999s', '٣m'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeNull()
    },
  )

  it.each([
    ['300ms', 300],
    ['30s', 30_000],
    ['10m', 600_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['0s', 0],
  ])('reads %s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  it('reads back whatever it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 365 * 86_400_000 }), (milliseconds) => {
        const written = writeDuration(milliseconds)
        // Nine digits of milliseconds are 11 days; longer ones with odd milliseconds are never written by people.
        fc.pre(!(written.endsWith('ms') && milliseconds > 999_999_999))
        expect(parseDuration(written)).toBe(milliseconds)
      }),
    )
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [300, '300 ms'],
    [15_000, '15 s'],
    [900_000, '15 min'],
    [5_400_000, '1 h 30 min'],
    [3_600_000, '1 h'],
    [3_605_000, '1 h'],
    [172_800_000, '2 d'],
    [90_061_000, '1 d 1 h'],
  ])('says %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })
})
