import { oneWindow, windowsIn } from '../calendar/windows.ts'
import type { Check } from './check.ts'
import { present } from './check.ts'

/** Freezes that say when they hold, in one way. */
export const checkFreezes: Check = (document, report) => {
  for (const [freeze, index] of present(document.production?.freezes)) {
    const found = windowsIn(freeze)
    if (found.length !== 1)
      report(['production', 'freezes', index], oneWindow, found.join(' and ') || 'no window')
  }
}
