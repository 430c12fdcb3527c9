import type { Verb } from './phases.ts'

export type Role = 'viewer' | 'operator' | 'approver'

const operatorVerbs: readonly Verb[] = ['pause', 'resume', 'abort', 'retry']

/** Viewers read; operators also stop and repair; approvers may use every verb. */
export function mayUse(role: Role, verb: Verb): boolean {
  if (role === 'approver') return true
  return role === 'operator' && operatorVerbs.includes(verb)
}

/** Who may use this verb may also acknowledge trouble. */
export const acknowledgeVerb: Verb = 'retry'

/** Starting is for operators and approvers, an emergency start for approvers only. */
export function mayStart(role: Role, emergency: boolean): boolean {
  return role === 'approver' || (role === 'operator' && !emergency)
}

/** For each verb what it does, and whether it undoes; the same text in the command line, API and page. */
export const verbHelp: Readonly<Record<Verb, string>> = {
  approve: 'Say yes at the open gate. Undoes nothing.',
  reject:
    'Say no at the open gate. Undoes: every target is put back and the rollout ends Rejected or RolledBack.',
  pause: 'Begin no further step; the running bake and the watch go on. Undoes nothing.',
  resume: 'Go on after a pause. Undoes nothing.',
  promote: 'Skip the rest of this bake, or end keepPrevious and commit. Undoes nothing.',
  promoteFull:
    'Skip every remaining bake and gate. Held: keeps finished waves and UNDOES unfinished ones (ends Partial).',
  abort: 'Stop, legal until the commit begins. Undoes: everything is put back as it was before the rollout.',
  retry: 'Repeat the held wave, or the compensation that needed a person. Undoes nothing new.',
  undo: 'Go back to the previous model: by weights while it is Promoted, by a new rollout after Succeeded. Undoes.',
}

/** What somebody did who used the verb: `mia approved`. */
export const verbPast: Readonly<Record<Verb, string>> = {
  approve: 'approved',
  reject: 'rejected',
  pause: 'paused',
  resume: 'resumed',
  promote: 'promoted',
  promoteFull: 'promoted in full',
  abort: 'aborted',
  retry: 'retried',
  undo: 'undid',
}
