import type { WrittenFreeze } from './schema.ts'
import type { Freeze, FreezeWindow } from './types.ts'

/** A freeze that the schema has checked, as everything behind the parser knows it. */
export function fillFreeze(written: WrittenFreeze): Freeze {
  const { name, timeZone, reason, models } = written
  return {
    name,
    timeZone,
    ...(reason === undefined ? {} : { reason }),
    ...(models === undefined ? {} : { models }),
    window: windowOf(written),
  }
}

function windowOf({ between, yearly, weekly, daily }: WrittenFreeze): FreezeWindow {
  if (between) return { kind: 'between', ...between }
  if (yearly) return { kind: 'yearly', ...yearly }
  if (weekly) return { kind: 'weekly', ...weekly }
  if (daily) return { kind: 'daily', ...daily }
  throw new Error('a freeze without a window passed the parser')
}
