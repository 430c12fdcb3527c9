import type { NoticeMemory } from './types.ts'

/** Before the first look. */
export const nothingTold: NoticeMemory = { started: false, steps: [], troubles: 0, ended: false }
