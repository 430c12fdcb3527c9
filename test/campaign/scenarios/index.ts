import type { Scenario } from '../scenario.ts'
import { lies } from './lies.ts'
import { people } from './people.ts'
import { stableImage } from './stable-image.ts'

/** Points that are written down as tables, beside the ones that are enumerated from a recorded run. */
export const tables: readonly Scenario[] = [...lies, ...stableImage, ...people]
