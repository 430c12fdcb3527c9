import { readFileSync, statSync } from 'node:fs'
import type { Calendar } from '../activities/dependencies.ts'
import { parseCalendar } from '../rollout/calendar/parse.ts'
import type { Freeze } from '../rollout/calendar/types.ts'
import { ConfigError } from './environment.ts'
import type { Logger } from './logging.ts'

/**
 * The calendar file, read again whenever it has changed. A change that cannot be read is logged, and what was known before
 * stays in force: a slip of the pen must not end a freeze.
 * @throws ConfigError when it cannot be read at the start
 */
export function openCalendar(path: string, logger: Logger): Calendar {
  let stamp = stampOf(path)
  let known = readCalendar(path)
  return {
    freezes() {
      try {
        const now = stampOf(path)
        if (now !== stamp) {
          stamp = now
          known = readCalendar(path)
          logger.info({ path, freezes: known.length }, 'the calendar has changed')
        }
      } catch (error) {
        logger.error(
          { err: error, path },
          'the calendar cannot be read: the freezes from before stay in force',
        )
      }
      return known
    },
  }
}

function readCalendar(path: string): readonly Freeze[] {
  const parsed = parseCalendar(readText(path))
  if (parsed.ok) return parsed.freezes
  throw new ConfigError(
    parsed.problems.map(({ line, message }) => `${path}:${line === undefined ? '' : `${line}:`} ${message}`),
  )
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError([
      `SLUICE_CALENDAR_FILE=${path}: ${error instanceof Error ? error.message : String(error)}`,
    ])
  }
}

/** Changes whenever the file does; empty while there is none. */
function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : ''
}
