import { allowedVerbs, allowedWithoutWorker, type AllowedVerb } from '../rollout/allowed.ts'
import type { Identity } from '../workflows/messages.ts'
import type { RolloutAnswer, RolloutForCaller } from './answers.ts'

/** A rollout with the verbs that this credential could use on it now. */
export function forCaller(answer: RolloutAnswer, caller: Identity): RolloutForCaller {
  return { ...answer, allowed: allowedTo(answer, caller) }
}

function allowedTo(answer: RolloutAnswer, caller: Identity): readonly AllowedVerb[] {
  if (answer.stale) return answer.execution === 'running' ? allowedWithoutWorker(answer.phase, caller) : []
  switch (answer.execution) {
    case 'running':
      return allowedVerbs(answer, caller)
    case 'completed':
      // The rollout is over: of all verbs only `undo` reaches it still, and starts a new one.
      return allowedVerbs({ ...answer, legal: answer.legal.filter((verb) => verb === 'undo') }, caller)
    default:
      return []
  }
}
