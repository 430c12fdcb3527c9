import { defineSignal } from '@temporalio/workflow'
import type { Snapshot } from '../../activities/contract.ts'
import type { Watch } from '../../rollout/document/types.ts'
import type { PlannedTarget } from '../../rollout/plan/types.ts'
import type { Place, Target } from '../../rollout/target.ts'
import type { Measurement, TargetState, Verdict } from '../../rollout/view.ts'
import type { Problem } from '../problem.ts'

/** What a rollout and the workflow that holds one of its endpoints say to each other. */

export interface EndpointInput {
  readonly rolloutId: string
  readonly clockRate: number
  readonly parent: { readonly workflowId: string; readonly runId: string }
  readonly target: Target
  /** The model package and where it is. */
  readonly source: { readonly arn: string; readonly place: Place }
  readonly watch: Watch
  /** A request that the candidate must answer before it gets traffic, when the document gives one. */
  readonly smoke?: { readonly contentType: string; readonly body: string }
  /** Rollouts that wait for this lock, handed on by its last holder. */
  readonly waiters: readonly string[]
}

export type Order =
  /** Everything up to a healthy candidate at weight 0 (or, for a first deployment, a healthy endpoint). */
  | { readonly kind: 'prepare'; readonly target: PlannedTarget }
  /** Percent of traffic to the candidate. */
  | { readonly kind: 'shift'; readonly weight: number }
  /** Judge a bake that is over. Times are real epoch milliseconds. */
  | {
      readonly kind: 'judge'
      readonly step: number
      readonly from: number
      readonly to: number
      readonly extendUntil: number
      /** The look before the commit: traffic was judged before, only alarms and the endpoint count. */
      readonly last?: true
    }
  /** Watch again after a person accepted an inconclusive verdict. */
  | { readonly kind: 'watch' }
  /** All traffic back to stable; the candidate stays prepared. */
  | { readonly kind: 'withdraw'; readonly why: string }
  | { readonly kind: 'commit' }
  /** Staging, and going back after a commit: one swap to another config, without weights. */
  | { readonly kind: 'swap'; readonly target: PlannedTarget }
  /** Keep what was swapped in. */
  | { readonly kind: 'keep' }
  /** Everything as it was before; ends the child. */
  | { readonly kind: 'revert'; readonly why: string }
  /** Take up the reverting of a child that was terminated. */
  | {
      readonly kind: 'recover'
      readonly target: PlannedTarget
      readonly snapshot: Snapshot
      readonly by: 'prepare' | 'swap'
    }
  /** A person says: try again now. */
  | { readonly kind: 'retry' }

export interface NumberedOrder {
  readonly seq: number
  readonly order: Order
}

export type Report = { readonly key: string } & (
  | { readonly kind: 'done'; readonly seq: number; readonly result: OrderResult }
  | { readonly kind: 'failed'; readonly seq: number; readonly problem: Problem }
  | {
      readonly kind: 'state'
      readonly state: TargetState
      readonly message: string
      readonly asked: number
      readonly actual: number
    }
  /** Before the first change: what a successor needs to put the endpoint back if this child is terminated. */
  | { readonly kind: 'begun'; readonly snapshot: Snapshot; readonly by: 'prepare' | 'swap' }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** A compensation or commit that does not succeed; tried again until it does. */
  | { readonly kind: 'stuck'; readonly message: string; readonly instructions: readonly string[] }
  | { readonly kind: 'unstuck' }
)

export interface OrderResult {
  readonly measurements?: readonly Measurement[]
  readonly verdict?: Verdict
}

/** How the child ended; the parent trusts only this, never normal completion. */
export interface EndpointResult {
  readonly outcome: 'Untouched' | 'Committed' | 'Kept' | 'Reverted' | 'Conflict'
  /** True once UpdateEndpoint or CreateEndpoint was asked for. */
  readonly touched: boolean
  readonly message: string
  /** The config to go back to after a commit. */
  readonly previousConfig?: string
}

export const orderSignal = defineSignal<[NumberedOrder]>('order')
/** In the order in which they were told. */
export const reportSignal = defineSignal<[readonly Report[]]>('report')

/** A rollout asks the holder of a lock to call it when the lock is free. */
export const enqueueSignal = defineSignal<[{ readonly workflowId: string }]>('enqueue')
/** The holder calls the first of the queue and hands it the rest. */
export const lockFreeSignal =
  defineSignal<[{ readonly key: string; readonly waiters: readonly string[] }]>('lockFree')

export interface EndpointMemo {
  readonly rolloutId: string
}
