import type { CopyProgress } from '../activities/contract.ts'
import type { AllowedVerb } from '../rollout/allowed.ts'
import type { Outcome, Phase } from '../rollout/phases.ts'
import type { Plan } from '../rollout/plan/types.ts'
import type { Acknowledgement, Delivery, Showing } from '../rollout/notices/types.ts'
import type { AlarmSeen, RolloutView } from '../rollout/view.ts'
import type { Document } from '../rollout/document/types.ts'
import type { AcknowledgeAnswer, Identity, MessageAnswer } from '../workflows/messages.ts'

/** How the workflow behind a rollout stands in Temporal. */
export type Execution = 'running' | 'completed' | 'failed' | 'terminated' | 'cancelled' | 'timed-out'

/** A copy that runs now. */
export interface Progress extends CopyProgress {
  /** `copyArtifact` or `copyImage`. */
  readonly activity: string
  readonly activityId: string
  /** The step that it works on, where the workflow said so. */
  readonly step?: number
}

/** Something that failed and is being tried again. */
export interface Retrying {
  readonly activity: string
  readonly attempt: number
  readonly failure: string
  readonly nextAttemptAt?: string
}

/** What the watch over one target saw last. */
export interface WatchedTarget {
  /** Key of the target. */
  readonly target: string
  /** Red ones first. */
  readonly alarms: readonly AlarmSeen[]
  /** Since when CloudWatch could not be read: the alarms are from before that. */
  readonly blind?: { readonly since: string; readonly error: string }
}

export interface RolloutLinks {
  /** Into Temporal's web UI; absent when its address is not configured. */
  readonly temporal?: string
  readonly self: string
  readonly events: string
  readonly plan: string
}

/** GET /v1/rollouts/{id} while a worker answers. */
export interface LiveRollout extends Omit<RolloutView, 'links'> {
  readonly stale: false
  readonly execution: Execution
  readonly progress: readonly Progress[]
  readonly retrying: readonly Retrying[]
  /** Of each target that is being watched now. */
  readonly alarms: readonly WatchedTarget[]
  readonly links: RolloutView['links'] & RolloutLinks
}

/** The same while none does: what the workflow last wrote into its memo. */
export interface StaleRollout extends RolloutLine {
  readonly stale: true
  /** Why there is no more to say. */
  readonly staleBecause: string
  readonly links: RolloutLinks
}

export type RolloutAnswer = LiveRollout | StaleRollout

/** A rollout as one credential sees it. */
export type RolloutForCaller = RolloutAnswer & {
  /** What this credential could do to it now. */
  readonly allowed: readonly AllowedVerb[]
}

/** One rollout in a list, from search attributes and memo. */
export interface RolloutLine {
  readonly id: string
  /** `name` of the document. */
  readonly name: string
  readonly summary: string
  readonly phase: Phase
  readonly message: string
  /** Since when it is in this phase. */
  readonly since: string
  readonly outcome?: Outcome
  readonly package: string
  readonly startedBy: string
  readonly startedAt: string
  readonly endedAt?: string
  /** Keys; none of a rollout with so many that Temporal cannot list them. Its own state has them all. */
  readonly targets: readonly string[]
  /** The committed rollout that this one takes back. */
  readonly undoes?: string
  readonly execution: Execution
}

export interface RolloutPage {
  readonly rollouts: readonly RolloutLine[]
  /** Present when there is more. */
  readonly next?: string
}

/** 202 of POST /v1/rollouts, and of an `undo` after commit. */
export interface Started {
  readonly id: string
  readonly links: RolloutLinks
  /** True when the same request had been sent before: nothing new was started. */
  readonly repeated: boolean
  /** What was read and planned before the start; absent when repeated. */
  readonly plan?: Plan
}

export interface PlanAnswer {
  readonly document: Document
  readonly plan: Plan | null
}

/** 200 of a verb. */
export interface VerbAnswer extends MessageAnswer {
  readonly decisionId: string
}

/** One model at one target. */
export interface Served {
  /** Null: what served before the first rollout that Temporal still keeps. */
  readonly package: string | null
  readonly from: string
  /** Absent of what serves now. */
  readonly until?: string
  /** The rollout whose model it is; of a model that Temporal has forgotten, the one that brought it back. */
  readonly rollout: string
  /** The rollout that brought it back by taking another one back. */
  readonly undo?: string
}

/** GET /v1/targets/… */
export interface TargetAnswer {
  readonly key: string
  readonly accountId: string
  readonly region: string
  readonly endpoint: string
  /** Null: no rollout that Temporal still keeps brought what serves there. */
  readonly serving: {
    readonly package: string
    readonly since: string
    readonly rollout: string
  } | null
  /** What served when, the latest first, as far as Temporal remembers. */
  readonly served: readonly Served[]
  /** The rollout that works on it now, if one does. */
  readonly current: {
    readonly rollout: string
    readonly package: string
    readonly phase: Phase
    readonly message: string
    /** Percent of traffic on its candidate; absent while no worker answers. */
    readonly asked?: number
    readonly actual?: number
    readonly state?: string
  } | null
  /** True if a rollout's own state could not be asked, so that only its memo was used. */
  readonly stale: boolean
}

/** 200 of POST /v1/rollouts/{id}/acknowledge */
export interface AcknowledgedAnswer extends AcknowledgeAnswer {
  readonly decisionId: string
}

/** GET /v1/rollouts/{id}/notifications */
export interface NotificationsAnswer {
  /** False: nobody is told of this rollout, because nothing was configured when it was started. */
  readonly configured: boolean
  /** Oldest first. One that is pending is tried until it succeeds, for a day at most. */
  readonly deliveries: readonly Delivery[]
  /** How the message of the rollout stands in each Slack channel. */
  readonly showings: readonly Showing[]
  readonly acknowledgements: readonly Acknowledgement[]
  /** The rollout needs a person, and nobody has acknowledged it yet. */
  readonly unacknowledged: boolean
}

/** GET /v1/me: whom a credential means. */
export interface MeAnswer extends Identity {
  /** Whether the roles allow to start a rollout. */
  readonly mayStart: boolean
  /** Whether the roles allow to acknowledge trouble. */
  readonly mayAcknowledge: boolean
}

/** GET /v1/sign-in: the ways in which a person may come in. */
export interface SignInAnswer {
  /** Nobody has to: whoever asks from this machine is let in. */
  readonly open: boolean
  readonly token: boolean
  /** Authorization Code with PKCE at one of these issuers, as a public client. */
  readonly oidc: readonly SignInIssuer[]
}

export interface SignInIssuer {
  readonly issuer: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Absent while the issuer does not answer. */
  readonly endpoints?: { readonly authorization: string; readonly token: string }
}
