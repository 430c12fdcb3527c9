import { problemsOf } from '../document/issues.ts'
import { keysOf } from '../document/known-keys.ts'
import type { Problem } from '../document/problem.ts'
import { makeProblem } from '../document/problem.ts'
import { readData, readText } from '../document/read-text.ts'
import { fillFreeze } from './fill.ts'
import { calendarSchema } from './schema.ts'
import type { Freeze } from './types.ts'
import { oneWindow, windowsIn } from './windows.ts'

export type ParsedCalendar =
  | { readonly ok: true; readonly freezes: readonly Freeze[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const knownKeys = keysOf(calendarSchema)

/** A calendar from text (YAML or JSON) or data. Never throws; everything that is wrong is told at once, with its place. */
export function parseCalendar(input: unknown): ParsedCalendar {
  const read = typeof input === 'string' ? readText(input) : readData(input)
  if (!read.ok) return read
  const parsed = calendarSchema.safeParse(read.raw)
  const located = parsed.success
    ? parsed.data.freezes.flatMap((freeze, index) => {
        const found = windowsIn(freeze)
        if (found.length === 1) return []
        const at = ['freezes', index]
        return [{ at, problem: makeProblem(at, found.join(' and ') || 'no window', oneWindow) }]
      })
    : problemsOf(parsed.error.issues, read.raw, knownKeys)
  if (parsed.success && located.length === 0)
    return { ok: true, freezes: parsed.data.freezes.map(fillFreeze) }
  const problems = located.map(({ at, problem }) => {
    const line = read.lineOf(at)
    return line === undefined ? problem : { ...problem, line }
  })
  return { ok: false, problems }
}
