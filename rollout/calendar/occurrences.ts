import { Temporal } from 'temporal-polyfill'
import type { Freeze, FreezeTime, FreezeWindow } from './types.ts'
import { weekdays } from './types.ts'

/** Epoch milliseconds; `until` is the first moment after it. */
interface Span {
  readonly from: number
  readonly until: number
}

type Clock = Temporal.PlainDateTime

const midnight = new Temporal.PlainTime()

/**
 * Every time between two instants (epoch milliseconds) at which a freeze holds, in order. Where the clock is put forward
 * over an edge or back over it, the freeze is the longer of the two readings: it begins early and ends late.
 */
export function occurrences({ window, timeZone }: Freeze, from: number, until: number): readonly Span[] {
  const first = dateAt(from, timeZone)
  const last = dateAt(until, timeZone)
  const spans = candidates(window, first, last).map(([begin, end]) => ({
    from: instant(begin, timeZone, 'earlier'),
    until: instant(end, timeZone, 'later'),
  }))
  return spans
    .filter((span) => span.from < span.until && span.from <= until && span.until > from)
    .toSorted((a, b) => a.from - b.from)
}

/** The freezes that hold for a model at some time between two instants, in the order in which they begin. */
export function freezesBetween(
  freezes: readonly Freeze[],
  model: string,
  from: number,
  until: number,
): readonly FreezeTime[] {
  return freezes
    .filter((freeze) => concerns(freeze, model))
    .flatMap((freeze) =>
      occurrences(freeze, from, until).map((span) => ({
        name: freeze.name,
        ...(freeze.reason === undefined ? {} : { reason: freeze.reason }),
        from: new Date(span.from).toISOString(),
        until: new Date(span.until).toISOString(),
      })),
    )
    .toSorted((a, b) => a.from.localeCompare(b.from))
}

/** The freezes that hold for a model at one instant. */
export function freezesAt(freezes: readonly Freeze[], model: string, at: number): readonly FreezeTime[] {
  return freezesBetween(freezes, model, at, at)
}

function concerns({ models }: Freeze, model: string): boolean {
  if (models === undefined) return true
  return models.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    return new RegExp(`^${parts.join('.*')}$`).test(model)
  })
}

/** Wall-clock beginnings and ends that may touch the days from `first` to `last`. */
function candidates(
  window: FreezeWindow,
  first: Temporal.PlainDate,
  last: Temporal.PlainDate,
): readonly (readonly [Clock, Clock])[] {
  switch (window.kind) {
    case 'between':
      return [[beginning(window.from), ending(window.until)]]
    case 'yearly': {
      const years = range(first.year - 1, last.year + 1)
      return years.map((year) => {
        const begin = beginning(inYear(year, window.from))
        const end = ending(inYear(year, window.until))
        const over = Temporal.PlainDateTime.compare(end, begin) <= 0
        return [begin, over ? ending(inYear(year + 1, window.until)) : end]
      })
    }
    case 'weekly': {
      const monday = first.subtract({ days: first.dayOfWeek - 1 + 7 })
      const weeks = Math.ceil(monday.until(last).days / 7) + 1
      const [begin, end] = [inWeek(window.from), inWeek(window.until)]
      const length = end > begin ? 0 : 7
      return range(0, weeks).map((week) => {
        const start = monday.add({ days: week * 7 })
        return [atMinutes(start, begin), atMinutes(start.add({ days: length }), end)]
      })
    }
    case 'daily': {
      const [begin, end] = [minutes(window.from), minutes(window.until)]
      const start = first.subtract({ days: 1 })
      return range(0, start.until(last).days)
        .map((days) => start.add({ days }))
        .filter((date) => window.days.includes(weekdays[date.dayOfWeek - 1] ?? 'mon'))
        .map((date) => [atMinutes(date, begin), atMinutes(date.add({ days: end > begin ? 0 : 1 }), end)])
    }
  }
}

function dateAt(epochMilliseconds: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(timeZone).toPlainDate()
}

function instant(clock: Clock, timeZone: string, disambiguation: 'earlier' | 'later'): number {
  return clock.toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds
}

/** A date alone is its first moment. */
function beginning(text: string): Clock {
  return text.includes('T')
    ? Temporal.PlainDateTime.from(text)
    : Temporal.PlainDate.from(text).toPlainDateTime(midnight)
}

/** A date alone is its last moment. */
function ending(text: string): Clock {
  return text.includes('T')
    ? Temporal.PlainDateTime.from(text)
    : Temporal.PlainDate.from(text).add({ days: 1 }).toPlainDateTime(midnight)
}

/** `02-29` is the 28th where there is none. */
function inYear(year: number, text: string): string {
  const [monthDay = '', time] = text.split('T')
  const date = Temporal.PlainMonthDay.from(monthDay).toPlainDate({ year })
  return time === undefined ? date.toString() : `${date.toString()}T${time}`
}

/** `fri 18:00` as minutes after Monday's midnight. */
function inWeek(text: string): number {
  const [day = '', time = '00:00'] = text.split(' ')
  return weekdays.findIndex((one) => one === day) * 24 * 60 + minutes(time)
}

/** `24:00` is the end of the day. */
function minutes(text: string): number {
  const [hours = 0, rest = 0] = text.split(':').map(Number)
  return hours * 60 + rest
}

function atMinutes(date: Temporal.PlainDate, after: number): Clock {
  return date.toPlainDateTime(midnight).add({ minutes: after })
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}
