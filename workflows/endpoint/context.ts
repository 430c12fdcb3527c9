import type { Fingerprint, OnTarget, Snapshot } from '../../activities/contract.ts'
import type { EndpointFacts } from '../../rollout/facts.ts'
import type { PlannedTarget } from '../../rollout/plan/types.ts'
import type { TargetState, Verdict } from '../../rollout/view.ts'
import { fingerprintOf, sameWeights } from '../../rollout/deploy/fingerprint.ts'
import { actualPercent } from '../../rollout/deploy/weights.ts'
import type { Clock } from '../clock.ts'
import { createClock } from '../clock.ts'
import type { EndpointInput } from './protocol.ts'
import { Reporter, type ReportBody } from './reporter.ts'
import { Saga } from './saga.ts'

/** What the acts of one endpoint share. Mutable: the workflow's own memory of this endpoint. */
export class EndpointContext {
  readonly input: EndpointInput
  readonly clock: Clock
  readonly on: OnTarget
  readonly saga = new Saga()
  readonly reporter: Reporter
  /** Set by the first order that changes something. */
  target: PlannedTarget | undefined
  /** How the endpoint was before anything was changed. */
  snapshot: Snapshot | undefined
  /** The config that the endpoint has by our last verified look. */
  config: string | undefined
  /** The config that a compensation asked for last; a repeated compensation starts from there. */
  goingBackTo: string | undefined
  createdAt: string | undefined
  /** Desired weights that are ours: the verified ones, and those asked for since. */
  private ours: Readonly<Record<string, number>>[] = []
  touched = false
  /** Taken over from a terminated child, at a person's word: what weights it set last is not known. */
  takenOver = false
  /** Nobody knows that stable's fleet would start again as it runs: nobody is told to start it anew. */
  stableInDoubt = false
  /** A person was told that stable came back with another image. */
  toldOfMovedImage = false
  committed = false
  /** The candidate is healthy beside stable; what is prepared is not prepared again. */
  prepared = false
  asked = 0
  actual = 0
  state: TargetState = 'Locked'
  retryRequested = false

  constructor(input: EndpointInput) {
    this.input = input
    this.clock = createClock(input.clockRate)
    this.reporter = new Reporter(input)
    this.on = { rolloutId: input.rolloutId, target: input.target }
  }

  get key(): string {
    return this.input.target.key
  }

  /** `eu-west-1/fraud-scorer`: for summaries in Temporal's UI. */
  get label(): string {
    return `${this.input.target.region}/${this.input.target.endpoint}`
  }

  get planned(): PlannedTarget {
    if (!this.target) throw new Error('no order has named a plan for this target yet')
    return this.target
  }

  /** From here on this target is worked on, and this is how it was before: told to the parent before anything changes. */
  async begin(target: PlannedTarget, snapshot: Snapshot, by: 'prepare' | 'swap'): Promise<void> {
    this.resume(target, snapshot)
    this.report({ kind: 'begun', snapshot, by })
    await this.reporter.delivered()
  }

  resume(target: PlannedTarget, snapshot: Snapshot): void {
    this.target = target
    this.snapshot = snapshot
    if (snapshot.endpoint) this.verified(snapshot.endpoint)
  }

  /** Everything is undone: as if nothing had been begun. */
  reset(): void {
    this.target = undefined
    this.snapshot = undefined
    this.config = undefined
    this.createdAt = undefined
    this.goingBackTo = undefined
    this.stableInDoubt = false
    this.toldOfMovedImage = false
    this.ours = []
    this.asked = 0
    this.actual = 0
  }

  /** Where we verified the endpoint to be. */
  verified(endpoint: EndpointFacts): void {
    this.config = endpoint.configName
    this.createdAt = endpoint.createdAt
    this.ours = [fingerprintOf(endpoint).weights]
    this.actual = this.target ? actualPercent(endpoint, this.target.names.candidateVariant) : 0
  }

  /** Weights that we are about to ask for: from now on either set is ours. */
  asking(weights: Readonly<Record<string, number>>): void {
    this.ours = [...this.ours, weights]
  }

  /** What the endpoint must still look like. */
  expected(): Fingerprint {
    return { createdAt: this.createdAt ?? '', config: this.config ?? '', weights: this.ours.at(-1) ?? {} }
  }

  /** Whether these desired weights are ones that we asked for, or may be: of a child that we took over from nobody knows. */
  areOurs(weights: Readonly<Record<string, number>>): boolean {
    return this.takenOver || this.ours.some((known) => sameWeights(known, weights))
  }

  /** As `areOurs`, or set by a person who followed our instructions. */
  recognises(weights: Readonly<Record<string, number>>): boolean {
    return this.areOurs(weights) || sameWeights(this.allOnStable(), weights)
  }

  /** The weights from before the rollout: a person who follows our instructions sets these. */
  private allOnStable(): Readonly<Record<string, number>> {
    const before = this.snapshot?.endpoint?.variants ?? []
    const weights = Object.fromEntries(before.map((variant) => [variant.name, variant.desiredWeight]))
    return this.target ? { ...weights, [this.target.names.candidateVariant]: 0 } : weights
  }

  /** Nothing waits for a report, unless it must be there before something is done. */
  report(report: ReportBody): void {
    this.reporter.tell(report)
  }

  enter(state: TargetState, message: string): void {
    this.state = state
    this.report({ kind: 'state', state, message, asked: this.asked, actual: this.actual })
  }

  verdict(verdict: Verdict): void {
    this.report({ kind: 'verdict', verdict })
  }
}
