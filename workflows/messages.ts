import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { Document } from '../rollout/document/types.ts'
import type { HeraldView } from '../rollout/notices/types.ts'
import type { Phase, Verb } from '../rollout/phases.ts'
import { verbs } from '../rollout/phases.ts'
import type { Plan } from '../rollout/plan/types.ts'
import type { RolloutView } from '../rollout/view.ts'

/** Imported by the workflows that handle them and by the API that sends them: the only shape of both. */

/** Who acts, taken from the credential. */
export interface Identity {
  readonly name: string
  readonly roles: readonly ('viewer' | 'operator' | 'approver')[]
  readonly groups: readonly string[]
}

/** One message of a person. Verb and `decisionId` together are the update's id: sent twice it is one decision. */
export interface Message {
  readonly verb: Verb
  readonly decisionId: string
  readonly by: Identity
  readonly comment?: string
  /** The gate that is meant; without one the gate that is open. */
  readonly gate?: string
  /** ISO time at the API. */
  readonly at: string
  /** HMAC-SHA256 (hex) over the canonical JSON of the message and the rollout id; see `signMessage`. */
  readonly signature?: string
}

export interface MessageAnswer {
  readonly result: 'accepted' | 'already-decided'
  readonly phase: Phase
  /** `approved by mia; 1 of 2 approvals` */
  readonly message: string
}

/** Updates and signals of the same name and meaning; signals are for Temporal's UI and for when no worker runs. */
export const updates = Object.fromEntries(
  verbs.map((verb) => [verb, defineUpdate<MessageAnswer, [Message]>(verb)]),
) as Record<Verb, ReturnType<typeof defineUpdate<MessageAnswer, [Message]>>>

/** From Temporal's UI a signal may come with no argument at all. */
export const signals = Object.fromEntries(
  verbs.map((verb) => [verb, defineSignal<[Partial<Message>?]>(verb)]),
) as Record<Verb, ReturnType<typeof defineSignal<[Partial<Message>?]>>>

export const stateQuery = defineQuery<RolloutView>('state')

/** Document and plan of a rollout, for its record and for `explain`. */
export const planQuery = defineQuery<{ document: Document; plan: Plan | null }>('plan')

export const rolloutWorkflow = 'rollout'
export const planWorkflow = 'plan'

export interface RolloutInput {
  readonly rolloutId: string
  readonly document: Document
  readonly startedBy: Identity
  /** The committed rollout that this one undoes: its targets go back to their previous configs. */
  readonly undoes?: string
  /** People are told of it; set by the API when it is configured where notices go. */
  readonly herald?: true
}

export interface PlanInput {
  readonly rolloutId: string | null
  readonly document: Document
  /** Locks held by this rollout itself are not findings. */
  readonly undoes?: string
}

/** `fraud-scorer-38-x7k2p9ab` → the workflow's id. */
export function rolloutWorkflowId(rolloutId: string): string {
  return `rollout/${rolloutId}`
}

/** What lists and answers use when no worker is up; kept current by the workflow. */
export interface RolloutMemo {
  readonly summary: string
  readonly phase: Phase
  readonly message: string
  /** ISO time since which it is in this phase. */
  readonly since?: string
  readonly package: string
  readonly startedBy: string
  /** sha256 of the canonical document, so that an Idempotency-Key with another body is seen. */
  readonly documentHash: string
  /** The committed rollout that this one takes back; written once, at the start. */
  readonly undoes?: string
}

export const heraldWorkflow = 'herald'

/** The herald of a rollout: tells people, and can neither change nor stall it. */
export function heraldWorkflowId(rolloutId: string): string {
  return `herald/${rolloutId}`
}

/** Notices are sent from a task queue of their own, with slots of their own. */
export function noticesQueue(taskQueue: string): string {
  return `${taskQueue}-notices`
}

/** For what holds its slot for minutes and mostly sleeps: watches over alarms, and clean-ups that wait for their turn to read. */
export function waitsQueue(taskQueue: string): string {
  return `${taskQueue}-waits`
}

/** From the rollout to its herald: look again. It carries nothing, so that a lost or a late one does no harm. */
export const pokeSignal = defineSignal('poke')

export const noticesQuery = defineQuery<HeraldView>('notices')

/** Somebody took notice of what needs a person. */
export interface Acknowledge {
  readonly by: string
  readonly comment?: string
  /** ISO time at the API. */
  readonly at: string
}

export interface AcknowledgeAnswer {
  readonly result: 'accepted' | 'already-decided'
  /** `acknowledged by ben` */
  readonly message: string
}

export const acknowledgeUpdate = defineUpdate<AcknowledgeAnswer, [Acknowledge]>('acknowledge')
