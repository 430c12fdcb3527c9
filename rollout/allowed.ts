import { decider, refuseDecider } from './approval.ts'
import type { Outcome, Phase, Verb } from './phases.ts'
import { verbs } from './phases.ts'
import { mayUse, type Role } from './roles.ts'
import { judgeVerb, type Effect, type Situation } from './verbs.ts'
import type { GateView } from './view.ts'

/** A verb that a rollout would take from one person now. */
export interface AllowedVerb {
  readonly verb: Verb
  /** What it does in the phase in which the rollout is. */
  readonly does: string
  /** Screens ask why before they send it. */
  readonly needsComment: boolean
  /** It takes something back that is there already. */
  readonly undoes: boolean
}

/** A credential that might decide. */
export interface Caller {
  readonly name: string
  readonly roles: readonly Role[]
  readonly groups: readonly string[]
}

/** What is known of a rollout from outside. */
export interface Decidable {
  readonly phase: Phase
  readonly outcome?: Outcome
  readonly paused: boolean
  readonly startedBy: string
  readonly gate?: GateView
  readonly legal: readonly Verb[]
}

/** What the person who presses a button gets, for each effect that a verb may have. */
export const effectMeaning: Readonly<Record<Effect, string>> = {
  'approve-gate': 'Says yes at the open gate. With enough approvals the rollout goes on.',
  'reject-gate': 'Says no at the open gate. Every target is put back as it was, and the rollout ends.',
  pause: 'Begins no further step. The running bake and the watch go on.',
  resume: 'Goes on with the next step.',
  'skip-bake': 'Ends this bake now. What was measured so far is judged, and the next step begins.',
  'skip-all':
    'Skips every remaining bake and gate: all traffic moves to the candidate, step by step, at once.',
  commit: 'Ends the wait and commits: the new model takes the old one’s place for good.',
  'commit-finished': 'Keeps the waves that are finished, puts the others back, and ends Partial.',
  'retry-wave': 'Repeats the wave that failed.',
  'retry-compensation': 'Tries again now to put back what could not be put back.',
  abort: 'Stops the rollout. Everything is put back as it was before it began.',
  'undo-by-weights': 'Moves all traffic back to the previous model, by weights. The rollout ends RolledBack.',
  'undo-by-rollout': 'Starts a new rollout that brings every target back to its previous config.',
  nothing: 'Changes nothing: it is so already.',
}

const undoing: readonly Effect[] = [
  'reject-gate',
  'commit-finished',
  'abort',
  'undo-by-weights',
  'undo-by-rollout',
]
const explained: readonly Effect[] = ['reject-gate', 'abort', 'undo-by-weights', 'undo-by-rollout']

/**
 * The verbs that a rollout would take from this person now: legal in its phase, allowed to one of the roles, and at a gate
 * open to this very person.
 */
export function allowedVerbs(rollout: Decidable, caller: Caller): readonly AllowedVerb[] {
  return rollout.legal
    .filter((verb) => caller.roles.some((role) => mayUse(role, verb)))
    .filter((verb) => !isRefusedAtGate(verb, rollout, caller))
    .flatMap((verb) => describe(verb, situationOf(rollout)))
}

/** While no worker answers a rollout can still be told to pause or to abort: the message waits for it. */
export function allowedWithoutWorker(phase: Phase, caller: Caller): readonly AllowedVerb[] {
  const situation: Situation = { ...unknownSituation, phase, committed: phase === 'Committing' }
  return verbs
    .filter((verb) => (verb === 'pause' || verb === 'abort') && phase !== 'Ended')
    .filter((verb) => caller.roles.some((role) => mayUse(role, verb)))
    .flatMap((verb) => describe(verb, situation))
    .map((allowed) => ({
      ...allowed,
      does: `${allowed.does} No worker answers: it is left with Temporal and done when one is back.`,
    }))
}

function isRefusedAtGate(verb: Verb, { gate, startedBy }: Decidable, caller: Caller): boolean {
  if ((verb !== 'approve' && verb !== 'reject') || !gate) return false
  const { from, selfApproval, approvals } = gate
  return refuseDecider(verb, decider(caller), { from, selfApproval, startedBy, approvals }) !== null
}

function describe(verb: Verb, situation: Situation): readonly AllowedVerb[] {
  const legality = judgeVerb(verb, situation)
  if (!legality.legal || legality.effect === 'nothing') return []
  const { effect } = legality
  return [
    {
      verb,
      does: effectMeaning[effect],
      needsComment: explained.includes(effect),
      undoes: undoing.includes(effect),
    },
  ]
}

/** What a view does not say decides only whether a verb is legal, which is known here already, and not what it does. */
const unknownSituation = {
  committed: false,
  gate: null,
  paused: false,
  revertingAll: false,
  trafficMoved: true,
  finishedWaves: 1,
} as const

function situationOf({ phase, outcome, paused, gate }: Decidable): Situation {
  return {
    ...unknownSituation,
    phase,
    paused,
    gate: gate ? { id: gate.id, kind: 'approval' } : null,
    ...(outcome === undefined ? {} : { outcome }),
  }
}
