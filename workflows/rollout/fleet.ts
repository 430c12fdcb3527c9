import {
  CancellationScope,
  ChildWorkflowCancellationType,
  type ChildWorkflowHandle,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow'
import type { Target } from '../../rollout/target.ts'
import { lockId } from '../../rollout/target.ts'
import type { Verdict } from '../../rollout/view.ts'
import type { Snapshot } from '../../activities/contract.ts'
import { searchAttributes } from '../search-attributes.ts'
import type { EndpointInput, EndpointResult, Order, OrderResult, Report } from '../endpoint/protocol.ts'
import { orderSignal } from '../endpoint/protocol.ts'
import type { endpoint } from '../endpoint/index.ts'
import { problemOf, ProblemError } from '../problem.ts'
import type { RolloutState } from './state.ts'

/** What the fleet tells the rollout without being asked. */
export interface FleetEvents {
  readonly verdict: (key: string, verdict: Verdict) => void
  readonly stuck: (key: string, message: string, instructions: readonly string[]) => void
  readonly unstuck: (key: string) => void
  readonly lost: (key: string, why: string) => void
}

interface Pending {
  readonly resolve: (result: OrderResult) => void
  readonly reject: (error: unknown) => void
}

/** How an endpoint was before its child changed anything, and in which way it was going to. */
export interface Begun {
  readonly snapshot: Snapshot
  readonly by: 'prepare' | 'swap'
}

interface Member {
  readonly handle: ChildWorkflowHandle<typeof endpoint>
  readonly pending: Map<number, Pending>
  readonly result: Promise<EndpointResult | 'lost'>
  seq: number
  ended?: EndpointResult | 'lost'
  /** An order that ends the child was given: its end is no surprise. */
  ending: boolean
  begun?: Begun
}

/** The children of a rollout: one for each endpoint that it holds. */
export class Fleet {
  private readonly members = new Map<string, Member>()
  private readonly state: RolloutState
  private readonly events: FleetEvents

  constructor(state: RolloutState, events: FleetEvents) {
    this.state = state
    this.events = events
  }

  /** Takes the lock. Throws WorkflowExecutionAlreadyStartedError when another rollout holds it. */
  async lock(target: Target, input: Omit<EndpointInput, 'parent' | 'target'>): Promise<void> {
    const { workflowId, runId } = workflowInfo()
    const place: Target = {
      key: target.key,
      account: target.account,
      accountId: target.accountId,
      region: target.region,
      endpoint: target.endpoint,
      ...(target.role === undefined ? {} : { role: target.role }),
      ...(target.externalId === undefined ? {} : { externalId: target.externalId }),
    }
    const handle = await CancellationScope.nonCancellable(() =>
      startChild<typeof endpoint>('endpoint', {
        workflowId: lockId(target.key),
        args: [{ ...input, parent: { workflowId, runId }, target: place }],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: `${target.key} for ${input.rolloutId}`,
        memo: { rolloutId: input.rolloutId },
        typedSearchAttributes: [{ key: searchAttributes.target, value: [target.key] }],
      }),
    )
    const member: Member = {
      handle,
      pending: new Map(),
      seq: 0,
      ending: false,
      result: this.follow(target.key, handle),
    }
    this.members.set(target.key, member)
  }

  private async follow(key: string, handle: Member['handle']): Promise<EndpointResult | 'lost'> {
    let ended: EndpointResult | 'lost'
    let why = 'its workflow ended'
    try {
      ended = await CancellationScope.nonCancellable(() => handle.result())
    } catch (error) {
      ended = 'lost'
      why =
        error instanceof Error
          ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`
          : why
    }
    const member = this.members.get(key)
    if (member) {
      member.ended = ended
      for (const pending of member.pending.values()) {
        pending.reject(new ProblemError({ type: 'Terminated', message: `${key}: ${why}` }))
      }
      member.pending.clear()
    }
    if (ended === 'lost') this.events.lost(key, why)
    else if (member && !member.ending)
      this.events.lost(key, `it ended by itself (${ended.outcome}: ${ended.message})`)
    return ended
  }

  /** Sends an order and waits for its report; cancelling the wait does not take the order back. */
  async order(key: string, order: Order): Promise<OrderResult> {
    const member = this.members.get(key)
    if (!member || member.ended !== undefined) {
      throw new ProblemError({
        type: 'Terminated',
        message: `${key}: nothing holds this endpoint for the rollout`,
      })
    }
    const seq = (member.seq += 1)
    if (order.kind === 'revert' || order.kind === 'commit' || order.kind === 'keep') member.ending = true
    const reported = new Promise<OrderResult>((resolve, reject) =>
      member.pending.set(seq, { resolve, reject }),
    )
    reported.catch(() => undefined)
    try {
      await CancellationScope.nonCancellable(() => member.handle.signal(orderSignal, { seq, order }))
    } catch (error) {
      throw new ProblemError({ type: 'Terminated', message: `${key}: ${problemOf(error).message}` })
    }
    return Promise.race([reported, CancellationScope.current().cancelRequested])
  }

  /** A person says: try again now. */
  retryAll(): void {
    for (const member of this.members.values()) {
      if (member.ended !== undefined) continue
      void CancellationScope.nonCancellable(() =>
        member.handle.signal(orderSignal, { seq: 0, order: { kind: 'retry' } }),
      ).catch(() => undefined)
    }
  }

  /** How the child ended, or that it was lost without saying. */
  async ended(key: string): Promise<EndpointResult | 'lost' | undefined> {
    return this.members.get(key)?.result
  }

  holds(key: string): boolean {
    const member = this.members.get(key)
    return member !== undefined && member.ended === undefined
  }

  keys(): readonly string[] {
    return [...this.members.keys()]
  }

  /** Undefined: the child was lost before it changed anything. */
  begunOf(key: string): Begun | undefined {
    return this.members.get(key)?.begun
  }

  /** A new child is told what its predecessor had reported. */
  adopt(key: string, begun: Begun): void {
    const member = this.members.get(key)
    if (member) member.begun = begun
  }

  receive(report: Report | undefined): void {
    if (!report) return
    const member = this.members.get(report.key)
    if (!member) return
    switch (report.kind) {
      case 'begun':
        member.begun = { snapshot: report.snapshot, by: report.by }
        return
      case 'done': {
        member.pending.get(report.seq)?.resolve(report.result)
        member.pending.delete(report.seq)
        return
      }
      case 'failed':
        member.pending.get(report.seq)?.reject(new ProblemError(report.problem))
        member.pending.delete(report.seq)
        return
      case 'state':
        this.state.target(report.key, {
          state: report.state,
          message: report.message,
          asked: report.asked,
          actual: report.actual,
        })
        return
      case 'verdict':
        this.events.verdict(report.key, report.verdict)
        return
      case 'stuck':
        this.state.target(report.key, { state: 'NeedsHuman', message: report.message })
        this.events.stuck(report.key, report.message, report.instructions)
        return
      case 'unstuck':
        this.events.unstuck(report.key)
    }
  }
}
