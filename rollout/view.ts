import type { Milliseconds } from './document/types.ts'
import type { Outcome, Phase, StepState, Verb, VerdictResult } from './phases.ts'
import type { Finding, StepKind } from './plan/types.ts'

/** The public state of a rollout: what the query answers and the API, CLI and web page show. All times are ISO. */
export interface RolloutView {
  readonly id: string
  readonly name: string
  readonly title: string
  readonly package: string
  /** Counts up with every change. */
  readonly version: number
  readonly phase: Phase
  /** What it does or waits for now. */
  readonly message: string
  readonly since: string
  readonly startedAt: string
  readonly startedBy: string
  readonly endedAt?: string
  readonly outcome?: Outcome
  /** Why it ended so, in a sentence. */
  readonly reason?: string
  /** When what is waited for ends by itself (bake, gate, keepPrevious); real time. */
  readonly deadline?: string
  readonly paused: boolean
  readonly steps: readonly StepView[]
  readonly targets: readonly TargetView[]
  readonly gate?: GateView
  readonly decisions: readonly Decision[]
  readonly timeline: readonly TimelineEntry[]
  readonly measurements: readonly Measurement[]
  /** The judgement that decided, if one did. */
  readonly verdict?: Verdict
  readonly findings: readonly Finding[]
  /** What a person must do, as commands, when the phase is NeedsHuman. */
  readonly instructions: readonly string[]
  /** Artifacts, images and packages that stay behind and belong to this rollout. */
  readonly kept: readonly string[]
  readonly links: {
    readonly supersededBy?: string
    readonly supersedes?: string
    readonly undoes?: string
    readonly undoneBy?: string
  }
  /** Verbs that would be accepted now. */
  readonly legal: readonly Verb[]
}

export interface StepView {
  readonly number: number
  readonly id: string
  readonly title: string
  readonly kind: StepKind
  readonly state: StepState
  readonly wave?: number
  readonly targets: readonly string[]
  readonly weight?: number
  readonly startedAt?: string
  readonly endedAt?: string
  readonly message?: string
}

export type TargetState =
  | 'Pending'
  | 'Locked'
  | 'Preparing'
  | 'Prepared'
  | 'Shifting'
  | 'Watched'
  | 'Committing'
  | 'Committed'
  | 'Reverting'
  | 'Reverted'
  | 'Conflict'
  | 'NeedsHuman'

export interface TargetView {
  readonly key: string
  readonly account: string
  readonly accountId: string
  readonly region: string
  readonly endpoint: string
  readonly wave: number
  readonly action: 'update' | 'create'
  readonly state: TargetState
  readonly message: string
  readonly stable: string
  readonly candidate: string
  /** Percent of traffic on the candidate: what was asked, and what AWS said last. */
  readonly asked: number
  readonly actual: number
  /** How both changed, oldest first; the first and the latest few dozen of them. */
  readonly weights: readonly WeightChange[]
  readonly since: string
}

/** From this moment on so much was asked for, and AWS said so much; percent on the candidate. */
export interface WeightChange {
  readonly at: string
  readonly asked: number
  readonly actual: number
}

export interface GateView {
  /** `approval`, `wave-1/gate-2`, `plan-changed`, `inconclusive/…`, `freeze/…`: names the gate in decisions. */
  readonly id: string
  readonly title: string
  readonly why: string
  readonly required: number
  readonly from: readonly string[]
  /** Whether the one who started the rollout may approve here. */
  readonly selfApproval: boolean
  readonly approvals: readonly string[]
  readonly openedAt: string
  /** When it closes with no; for a freeze, when it opens by itself. */
  readonly expiresAt?: string
  /** An approval counts only with a comment that says why. */
  readonly needsReason?: true
}

export interface Decision {
  readonly id: string
  readonly verb: Verb
  readonly by: string
  /** False for a signal that did not come signed from the API. */
  readonly verified: boolean
  readonly comment?: string
  readonly gate?: string
  readonly at: string
  /** What came of it: `accepted`, or why it was dropped. */
  readonly result: string
}

export interface TimelineEntry {
  /** From 1, without gaps. */
  readonly seq: number
  readonly at: string
  readonly kind: 'phase' | 'step' | 'target' | 'decision' | 'verdict' | 'gate' | 'note'
  readonly text: string
  readonly target?: string
  readonly step?: number
}

/** One measured value of a test or a bake. */
export interface Measurement {
  readonly step: number
  readonly target?: string
  /** `p99 latency (client)` */
  readonly name: string
  readonly value: number
  readonly unit: 'ms' | 'count' | 'rate' | 'bool'
  readonly limit?: number
  readonly passed: boolean
  readonly samples?: number
}

/** What was found out about a candidate, with the evidence that decided. */
export interface Verdict {
  readonly result: VerdictResult
  readonly target: string
  readonly at: string
  /** In words: `alarm fraud-5xx is in ALARM: 0.31 > 0.05 (3 of 3 datapoints)` */
  readonly message: string
  readonly cause:
    | {
        readonly kind: 'alarm'
        readonly alarm: string
        readonly metric?: string
        readonly value?: number
        readonly threshold?: number
        /** How a value breaches the threshold: `>`, `≥`, `<` or `≤`. */
        readonly comparison?: string
        /** Unit of value, threshold and datapoints where it is not what people read. */
        readonly unit?: 'microseconds'
        readonly since?: string
        /** What the alarm was evaluated from, oldest first. */
        readonly datapoints?: readonly Datapoint[]
      }
    | { readonly kind: 'traffic'; readonly invocations: number; readonly minimum: number }
    | { readonly kind: 'insufficient-data'; readonly alarms: readonly string[] }
    | { readonly kind: 'could-not-look'; readonly error: string; readonly since: string }
    | { readonly kind: 'endpoint'; readonly found: string }
    | { readonly kind: 'none' }
  /** Every alarm of the target in the look that decided, red ones first. */
  readonly alarms?: readonly AlarmSeen[]
}

/** One alarm as a look met it. */
export interface AlarmSeen {
  readonly name: string
  /** `NotFound`: it was deleted while it should have been watched. */
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | 'NotFound'
  /** Made for this rollout, or there before it. */
  readonly owner: 'rollout' | 'team'
  /** The team's alarm that it is a copy of. */
  readonly copyOf?: string
  readonly metric?: string
  /** The last value that CloudWatch gave for its state. */
  readonly value?: number
  readonly threshold?: number
  /** As in a verdict's cause. */
  readonly comparison?: string
  readonly unit?: 'microseconds'
  /** Since when it is in this state. */
  readonly since?: string
}

/** One value that CloudWatch evaluated, at the start of its period. */
export interface Datapoint {
  readonly at: string
  readonly value: number
}

/** The whole record of an ended rollout, as written to the `record` location. */
export interface RolloutRecord {
  readonly apiVersion: 'sluice/v1'
  readonly kind: 'RolloutRecord'
  readonly document: unknown
  readonly plan: unknown
  readonly rollout: RolloutView
}

export type { Milliseconds }
