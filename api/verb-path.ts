import type { Verb } from '../rollout/phases.ts'

/** `promoteFull` → `promote-full`: how a verb is written in paths and on the command line. */
export function verbPath(verb: Verb): string {
  return verb.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
