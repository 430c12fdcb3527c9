import { z } from 'zod'
import { choice, oneLine, section, text } from '../document/fields.ts'
import { weekdays } from './types.ts'

const time = String.raw`([01]\d|2[0-3]):[0-5]\d`
const seconds = String.raw`(:[0-5]\d)?`
const monthDay = String.raw`(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`

const moment = () =>
  text(
    new RegExp(`^\\d{4}-${monthDay}(T${time}${seconds})?$`),
    'a date `2026-12-20`, or a local time `2026-12-20T18:00`',
  ).refine(isDate, { error: 'a day that the calendar has' })

const dayOfYear = () =>
  text(
    new RegExp(`^${monthDay}(T${time})?$`),
    'a day of the year `12-20`, or with a time `12-20T18:00`',
  ).refine((value) => isDate(`2028-${value}`), { error: 'a day that the calendar has' })

const timeOfWeek = () =>
  text(new RegExp(`^(${weekdays.join('|')}) ${time}$`), 'a weekday and a time: `fri 18:00`')

const timeOfDay = () => text(new RegExp(`^(${time}|24:00)$`), 'a time of the day in quotes: `"18:00"`')

const begins = 'when it begins'
const ends = 'when it ends'

/** One way of writing when a freeze holds; exactly one of them stands in a freeze. */
const windows = {
  between: section({ from: moment().describe(begins), until: moment().describe(ends) })
    .refine(({ from, until }) => from <= until, { error: '`until` after `from`' })
    .optional()
    .describe('once; a date alone counts whole'),
  yearly: section({ from: dayOfYear().describe(begins), until: dayOfYear().describe(ends) })
    .optional()
    .describe('every year; may go over New Year; a date alone counts whole'),
  weekly: section({ from: timeOfWeek().describe(begins), until: timeOfWeek().describe(ends) })
    .optional()
    .describe('every week; may go over Sunday'),
  daily: section({
    from: timeOfDay().default('00:00').describe(begins),
    until: timeOfDay().default('24:00').describe(ends),
    days: z
      .array(choice(weekdays), { error: 'a list of weekdays' })
      .min(1, { error: 'at least one weekday' })
      .default([...weekdays])
      .describe('on which it begins'),
  })
    .optional()
    .describe('an `until` that is not after `from` is on the next day'),
}

const base = {
  name: oneLine(60).describe('what people call it'),
  timeZone: z
    .string({ error: zoneForm() })
    .refine(isTimeZone, { error: zoneForm() })
    .describe('IANA name; its daylight-saving days are heeded'),
  reason: oneLine(300).optional().describe('why; told to who meets it'),
}

const windowMeta = {
  description: 'exactly one of `between`, `yearly`, `weekly` and `daily`',
}

/** A freeze of one model, as it stands in a rollout document. */
export const documentFreezeSchema = section({ ...base, ...windows }).meta(windowMeta)

const freezeSchema = section({
  ...base,
  models: z
    .array(text(/^[a-z0-9*-]+$/, 'names of documents, `*` for any characters', { max: 60 }), {
      error: 'a list of names',
    })
    .min(1, { error: 'at least one name; leave `models` out for all' })
    .optional()
    .describe('names of documents; without it every model'),
  ...windows,
}).meta(windowMeta)

/** The written form of the calendar file, `SLUICE_CALENDAR_FILE`. */
export const calendarSchema = section(
  {
    $schema: z.string({ error: 'a URL' }).optional().describe('for editors'),
    apiVersion: z.literal('sluice/v1', { error: '`sluice/v1`' }).describe('the form of this file'),
    kind: z.literal('Calendar', { error: '`Calendar`' }).describe('what it is'),
    freezes: z
      .array(freezeSchema, { error: 'a list of freezes' })
      .max(200, { error: 'at most 200 freezes' })
      .describe('times in which no rollout gives a new model more traffic'),
  },
  'a calendar: a mapping with `apiVersion`, `kind` and `freezes`',
)

export type WrittenFreeze = z.output<typeof freezeSchema>

function zoneForm(): string {
  return 'an IANA time zone such as `Europe/Berlin` or `UTC`'
}

/** Offsets such as `+01:00` are refused: they know no daylight-saving days. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat
  } catch {
    return false
  }
}

function isDate(text: string): boolean {
  const [date = ''] = text.split('T')
  const parsed = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date)
}
