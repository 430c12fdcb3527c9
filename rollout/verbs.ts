import type { Outcome, Phase, Verb } from './phases.ts'
import { verbs } from './phases.ts'

export type GateKind = 'approval' | 'step' | 'between-waves' | 'plan-changed' | 'inconclusive' | 'freeze'

/** Everything that decides whether a verb is legal now. */
export interface Situation {
  readonly phase: Phase
  /** The first commit is recorded: the rollout only goes forward. */
  readonly committed: boolean
  readonly gate: { readonly id: string; readonly kind: GateKind } | null
  readonly paused: boolean
  /** Everything is being put back already, whoever asked for it. */
  readonly revertingAll: boolean
  /** A candidate has had traffic. */
  readonly trafficMoved?: boolean
  /** Waves that came to 100 % and passed. */
  readonly finishedWaves: number
  readonly outcome?: Outcome
}

/** What the workflow does about a legal verb. */
export type Effect =
  /** Counts one approval at the open gate; at `inconclusive` it is a Pass. */
  | 'approve-gate'
  /** Closes the open gate with no: the rollout is put back. */
  | 'reject-gate'
  | 'pause'
  | 'resume'
  /** Ends the bake that is running. */
  | 'skip-bake'
  /** Skips every remaining bake and gate, and resumes. */
  | 'skip-all'
  /** Ends keepPrevious: commit. */
  | 'commit'
  /** Held: reverts unfinished waves, commits finished ones, ends Partial. */
  | 'commit-finished'
  | 'retry-wave'
  | 'retry-compensation'
  /** Reverts everything; ends Aborted. */
  | 'abort'
  /** Promoted: every target back by weights. */
  | 'undo-by-weights'
  /** After commit: a new rollout that goes back to the previous configs, of all targets that were committed. */
  | 'undo-by-rollout'
  /** It is so already: accepted, and nothing changes. */
  | 'nothing'

export type Legality =
  { readonly legal: true; readonly effect: Effect } | { readonly legal: false; readonly reason: string }

type Cell = Legality | ((situation: Situation) => Legality)

const may = (effect: Effect): Legality => ({ legal: true, effect })
const not = (reason: string): Legality => ({ legal: false, reason })

const ended: Cell = ({ outcome }) => not(`the rollout has ended (${outcome ?? 'no outcome'})`)
const forwardOnly = not('the commit has begun: from there the rollout only goes forward')
const puttingBack = not('the rollout is being put back')
const beforeTraffic = not('no production traffic has moved yet')

const approve: Cell = ({ gate }) =>
  gate ? may('approve-gate') : not('no gate is open: nothing waits for a decision')
const reject: Cell = ({ gate }) =>
  gate ? may('reject-gate') : not('no gate is open: nothing waits for a decision')
const noGateYet = not('no gate is open yet: it opens when the steps before it have passed')

const pause: Cell = ({ paused }) => may(paused ? 'nothing' : 'pause')
const resume: Cell = ({ paused }) => (paused ? may('resume') : not('the rollout is not paused'))

const abort: Cell = ({ committed, revertingAll }) =>
  committed ? forwardOnly : may(revertingAll ? 'nothing' : 'abort')

const notBaking = not('nothing is baking: `promote` skips the rest of a bake')
const notHeld = not('nothing has failed: `retry` repeats a held wave or a compensation that got stuck')
const notPromoted = not('`undo` is for a promoted or succeeded rollout; use `abort` while it runs')

/** Every verb in every phase. The compiler refuses a table with a hole. */
const table: { readonly [V in Verb]: Readonly<Record<Phase, Cell>> } = {
  approve: {
    Queued: noGateYet,
    Preflight: noGateYet,
    Promoting: noGateYet,
    Replicating: noGateYet,
    Staging: noGateYet,
    AwaitingApproval: approve,
    Preparing: approve,
    Shifting: approve,
    Baking: approve,
    AwaitingDecision: approve,
    Paused: approve,
    Held: not('the rollout is held: `retry`, `abort` or `promoteFull` decide'),
    Promoted: approve,
    Committing: forwardOnly,
    Reverting: puttingBack,
    NeedsHuman: not('a person must look first: `retry` when it is repaired'),
    Ended: ended,
  },
  reject: {
    Queued: noGateYet,
    Preflight: noGateYet,
    Promoting: noGateYet,
    Replicating: noGateYet,
    Staging: noGateYet,
    AwaitingApproval: reject,
    Preparing: reject,
    Shifting: reject,
    Baking: reject,
    AwaitingDecision: reject,
    Paused: reject,
    Held: not('the rollout is held: `retry`, `abort` or `promoteFull` decide'),
    Promoted: reject,
    Committing: forwardOnly,
    Reverting: puttingBack,
    NeedsHuman: not('a person must look first: `retry` when it is repaired'),
    Ended: ended,
  },
  pause: {
    Queued: pause,
    Preflight: pause,
    Promoting: pause,
    Replicating: pause,
    Staging: pause,
    AwaitingApproval: pause,
    Preparing: pause,
    Shifting: pause,
    Baking: pause,
    AwaitingDecision: pause,
    Paused: may('nothing'),
    Held: not('the rollout is held: nothing moves anyway'),
    Promoted: pause,
    Committing: forwardOnly,
    Reverting: puttingBack,
    NeedsHuman: not('the rollout waits for a person: nothing but compensation moves'),
    Ended: ended,
  },
  resume: {
    Queued: resume,
    Preflight: resume,
    Promoting: resume,
    Replicating: resume,
    Staging: resume,
    AwaitingApproval: resume,
    Preparing: resume,
    Shifting: resume,
    Baking: resume,
    AwaitingDecision: resume,
    Paused: may('resume'),
    Held: not('the rollout is held, not paused: `retry`, `abort` or `promoteFull` decide'),
    Promoted: resume,
    Committing: not('the rollout is not paused'),
    Reverting: puttingBack,
    NeedsHuman: not('the rollout is not paused: `retry` when it is repaired'),
    Ended: ended,
  },
  promote: {
    Queued: notBaking,
    Preflight: notBaking,
    Promoting: notBaking,
    Replicating: notBaking,
    Staging: notBaking,
    AwaitingApproval: notBaking,
    Preparing: notBaking,
    Shifting: notBaking,
    Baking: may('skip-bake'),
    AwaitingDecision: not('a gate is open: `approve` or `reject` it'),
    Paused: not('the rollout is paused: `resume` it'),
    Held: not('the rollout is held: `retry`, `abort` or `promoteFull` decide'),
    Promoted: may('commit'),
    Committing: may('nothing'),
    Reverting: puttingBack,
    NeedsHuman: notBaking,
    Ended: ended,
  },
  promoteFull: {
    Queued: beforeTraffic,
    Preflight: beforeTraffic,
    Promoting: beforeTraffic,
    Replicating: beforeTraffic,
    Staging: beforeTraffic,
    AwaitingApproval: beforeTraffic,
    Preparing: beforeTraffic,
    Shifting: may('skip-all'),
    Baking: may('skip-all'),
    AwaitingDecision: not('a gate is open: `approve` or `reject` it'),
    Paused: ({ gate, trafficMoved }) => {
      if (gate) return not('a gate is open: `approve` or `reject` it')
      return trafficMoved ? may('skip-all') : beforeTraffic
    },
    Held: ({ finishedWaves }) =>
      finishedWaves > 0
        ? may('commit-finished')
        : not('no wave is finished, so there is nothing to keep: `retry` or `abort`'),
    Promoted: may('commit'),
    Committing: may('nothing'),
    Reverting: puttingBack,
    NeedsHuman: not('a person must look first: `retry` when it is repaired'),
    Ended: ended,
  },
  abort: {
    Queued: abort,
    Preflight: abort,
    Promoting: abort,
    Replicating: abort,
    Staging: abort,
    AwaitingApproval: abort,
    Preparing: abort,
    Shifting: abort,
    Baking: abort,
    AwaitingDecision: abort,
    Paused: abort,
    Held: abort,
    Promoted: abort,
    Committing: abort,
    Reverting: abort,
    NeedsHuman: abort,
    Ended: ({ committed, outcome }) =>
      committed
        ? not(`the rollout has ended (${outcome ?? 'committed'}) and cannot be aborted: \`undo\` goes back`)
        : may('nothing'),
  },
  retry: {
    Queued: notHeld,
    Preflight: notHeld,
    Promoting: notHeld,
    Replicating: notHeld,
    Staging: notHeld,
    AwaitingApproval: notHeld,
    Preparing: notHeld,
    Shifting: notHeld,
    Baking: notHeld,
    AwaitingDecision: notHeld,
    Paused: notHeld,
    Held: may('retry-wave'),
    Promoted: notHeld,
    Committing: notHeld,
    Reverting: not('the rollout is being put back, and retries by itself'),
    NeedsHuman: may('retry-compensation'),
    Ended: ended,
  },
  undo: {
    Queued: notPromoted,
    Preflight: notPromoted,
    Promoting: notPromoted,
    Replicating: notPromoted,
    Staging: notPromoted,
    AwaitingApproval: notPromoted,
    Preparing: notPromoted,
    Shifting: notPromoted,
    Baking: notPromoted,
    AwaitingDecision: notPromoted,
    Paused: notPromoted,
    Held: notPromoted,
    Promoted: may('undo-by-weights'),
    Committing: not('the commit has begun: `undo` when it has succeeded'),
    Reverting: puttingBack,
    NeedsHuman: notPromoted,
    Ended: ({ outcome }) => {
      if (outcome === 'Succeeded' || outcome === 'Partial') return may('undo-by-rollout')
      return not(`the rollout ended ${outcome ?? 'without an outcome'}: there is nothing committed to undo`)
    },
  },
}

/** Whether a verb is accepted now and what it does, or the reason why not. Pure. */
export function judgeVerb(verb: Verb, situation: Situation): Legality {
  const cell = table[verb][situation.phase]
  return typeof cell === 'function' ? cell(situation) : cell
}

/** The verbs that would change something now, for screens. */
export function legalVerbs(situation: Situation): readonly Verb[] {
  return verbs.filter((verb) => {
    const legality = judgeVerb(verb, situation)
    return legality.legal && legality.effect !== 'nothing'
  })
}
