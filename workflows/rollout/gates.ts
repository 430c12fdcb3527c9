import { condition } from '@temporalio/workflow'
import { anyApprover } from '../../rollout/approval.ts'
import type { Approval } from '../../rollout/document/types.ts'
import type { Phase } from '../../rollout/phases.ts'
import type { GateKind } from '../../rollout/verbs.ts'
import type { GateView } from '../../rollout/view.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { halt } from './control.ts'
import type { RolloutState } from './state.ts'

/** How long a question that Sluice itself asks stays open before it counts as no. */
const ownQuestion = 24 * 60 * 60_000

export interface OpenGate {
  view: GateView
  readonly kind: GateKind
  rejected?: string
}

export interface GateSpec {
  readonly id: string
  readonly kind: GateKind
  readonly title: string
  readonly why: string
  /** Without one, any approver may answer. */
  readonly approval?: Approval | undefined
  /** A gate that opens by itself does not expire; epoch milliseconds at which that is expected. */
  readonly opensAt?: number
  readonly openedBySelf?: () => boolean
  /** An approval counts only with a comment. */
  readonly needsReason?: true
}

/** The place where a rollout waits for people: at most one gate is open. */
export class Gates {
  private asked: OpenGate | undefined

  private readonly state: RolloutState
  private readonly clock: Clock

  constructor(state: RolloutState, clock: Clock) {
    this.state = state
    this.clock = clock
  }

  /**
   * The gate that waits for a decision. One that has its decision is not open any more, though the rollout may only see it a
   * moment later: of two approvals in one task of the workflow the second comes too late.
   */
  get open(): OpenGate | undefined {
    const { asked } = this
    if (!asked || asked.rejected !== undefined) return undefined
    return asked.view.approvals.length < asked.view.required ? asked : undefined
  }

  /** Waits until enough people approved, or it opened by itself. A no, or nobody in time, stops the rollout. */
  async ask(spec: GateSpec, phase: Phase): Promise<'approved' | 'by-itself'> {
    const { approval, openedBySelf = () => false } = spec
    const expires = spec.opensAt ?? Date.now() + this.clock.real(approval?.expiresAfter ?? ownQuestion)
    const gate: OpenGate = {
      kind: spec.kind,
      view: {
        id: spec.id,
        title: spec.title,
        why: spec.why,
        required: approval?.required ?? 1,
        from: approval?.from ?? [anyApprover],
        selfApproval: approval?.selfApproval ?? true,
        approvals: [],
        openedAt: isoNow(),
        expiresAt: new Date(expires).toISOString(),
        ...(spec.needsReason ? { needsReason: true } : {}),
      },
    }
    this.asked = gate
    this.show()
    this.state.note('gate', `waits for ${gate.view.required} approval(s) at ${spec.id}: ${spec.why}`)
    this.state.enter(phase, `${spec.title}: ${spec.why}`, expires)
    try {
      const approved = (): boolean => gate.view.approvals.length >= gate.view.required
      const settled = (): boolean => gate.rejected !== undefined || approved() || openedBySelf()
      if (spec.openedBySelf) await condition(settled)
      else await condition(settled, Math.max(1, expires - Date.now()), { summary: `${spec.title}: expires` })
      if (gate.rejected !== undefined) halt('Rejected', gate.rejected)
      if (approved()) return 'approved'
      if (!openedBySelf()) halt('Rejected', `nobody decided at ${spec.id} in time`)
      return 'by-itself'
    } finally {
      this.asked = undefined
      this.show()
    }
  }

  approve(by: string): string {
    const { open } = this
    if (!open) return 'no gate is open'
    const { view } = open
    open.view = { ...view, approvals: [...view.approvals, by] }
    this.show()
    return `approved by ${by}; ${view.approvals.length + 1} of ${view.required} approvals`
  }

  reject(by: string, comment: string | undefined): string {
    const { open } = this
    if (!open) return 'no gate is open'
    open.rejected = `rejected by ${by}${comment ? `: ${comment}` : ''}`
    this.show()
    return open.rejected
  }

  private show(): void {
    this.state.gate = this.open?.view
    this.state.changed()
  }
}
