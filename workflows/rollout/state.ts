import { condition, setCurrentDetails, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow'
import type { Outcome, Phase, StepState, Verb } from '../../rollout/phases.ts'
import type { Plan, PlannedStep } from '../../rollout/plan/types.ts'
import { renderDetails, summaryLine } from '../../rollout/render.ts'
import type {
  Decision,
  GateView,
  Measurement,
  RolloutView,
  StepView,
  TargetView,
  TimelineEntry,
  Verdict,
} from '../../rollout/view.ts'
import { isoNow } from '../clock.ts'
import type { RolloutInput, RolloutMemo } from '../messages.ts'
import { searchAttributes } from '../search-attributes.ts'

/** Older entries are dropped beyond this, so that a query answer stays small however long a rollout lives. */
const longestTimeline = 2_000
/** A strategy has a dozen steps; a target that is retried again and again must not grow without end. */
const mostWeights = 60

/** The public state of one rollout, and its only writer. */
export class RolloutState {
  plan: Plan | null = null
  gate: GateView | undefined
  outcome: Outcome | undefined
  reason: string | undefined
  verdict: Verdict | undefined
  phase: Phase = 'Preflight'
  message = 'reading AWS'
  private since = isoNow()
  private deadline: string | undefined
  private endedAt: string | undefined
  private version = 0
  private shown = true
  private seq = 0
  private readonly startedAt = isoNow()
  private steps: StepView[] = []
  private readonly targets = new Map<string, TargetView>()
  private readonly decisions: Decision[] = []
  private readonly timeline: TimelineEntry[] = []
  private readonly measurements: Measurement[] = []
  private readonly kept = new Set<string>()
  private instructions: readonly string[] = []
  private links: RolloutView['links'] = {}

  private readonly input: RolloutInput
  private readonly legal: () => readonly Verb[]
  private readonly paused: () => boolean
  private readonly noted: () => void

  /** `noted` is called for what people may want to know of; it must return at once. */
  constructor(
    input: RolloutInput,
    legal: () => readonly Verb[],
    paused: () => boolean,
    noted: () => void = () => undefined,
  ) {
    this.input = input
    this.legal = legal
    this.paused = paused
    this.noted = noted
    if (input.undoes !== undefined) this.links = { undoes: input.undoes }
  }

  /**
   * Takes the plan in, keeping what is known of steps that it shares with the one before. What was copied or registered
   * then and is something else now is done again.
   */
  adopt(plan: Plan): void {
    const before = this.plan
    const other = new Set(
      plan.steps.filter((step) => before && !sameWork(before, plan, step)).map(({ id }) => id),
    )
    this.plan = plan
    const known = new Map(this.steps.filter((step) => !other.has(step.id)).map((step) => [step.id, step]))
    this.steps = plan.steps.map((step) => ({ ...pending(step), ...pick(known.get(step.id)) }))
    const inWaves = [...plan.targets].sort((a, b) => (a.wave ?? 0) - (b.wave ?? 0))
    for (const target of inWaves) {
      if (this.targets.has(target.key)) continue
      this.targets.set(target.key, {
        key: target.key,
        account: target.account,
        accountId: target.accountId,
        region: target.region,
        endpoint: target.endpoint,
        wave: target.wave ?? 0,
        action: target.action,
        state: 'Pending',
        message: '',
        stable: target.stableVariant,
        candidate: target.names.candidateVariant,
        asked: 0,
        actual: 0,
        weights: [],
        since: isoNow(),
      })
    }
    this.changed()
  }

  /** Says where the rollout is. Only a change of phase costs history; a change of message is free. */
  enter(phase: Phase, message: string, deadline?: number): void {
    const moved = phase !== this.phase
    if (!moved && message === this.message && deadline === undefined && this.deadline === undefined) return
    this.phase = phase
    this.message = message
    this.since = isoNow()
    this.deadline = deadline === undefined ? undefined : new Date(deadline).toISOString()
    if (moved) this.note('phase', `${phase}: ${message}`)
    this.changed()
    if (moved) this.publish()
  }

  step(id: string): StepView | undefined {
    return this.steps.find((step) => step.id === id)
  }

  stepStates(): readonly StepView[] {
    return this.steps
  }

  mark(id: string, state: StepState, message?: string): void {
    const index = this.steps.findIndex((step) => step.id === id)
    const step = this.steps[index]
    if (!step || (step.state === state && step.message === message)) return
    const begins = state === 'Running' || state === 'Waiting'
    const ends = state !== 'Pending' && !begins
    const { startedAt, endedAt, message: _, ...rest } = step
    this.steps[index] = {
      ...rest,
      state,
      ...(state === 'Pending' ? {} : { startedAt: startedAt ?? isoNow() }),
      ...(ends ? { endedAt: endedAt ?? isoNow() } : {}),
      ...(message === undefined ? {} : { message }),
    }
    const text = message === undefined ? step.title : `${step.title}: ${message}`
    if (step.state !== state) this.note('step', `${text} (${state})`, { step: step.number })
    this.changed()
  }

  /** What went forward has been taken back. */
  markReverted(): void {
    for (const step of this.steps) {
      if (step.state === 'Running' || step.state === 'Waiting') this.mark(step.id, 'Failed', step.message)
      else if (step.state === 'Passed' && this.takenBack(step)) this.mark(step.id, 'Reverted')
      else if (step.state === 'Pending' && step.kind !== 'record') this.mark(step.id, 'Skipped')
    }
  }

  private takenBack({ kind }: StepView): boolean {
    const cleaned = this.steps.some((step) => step.kind === 'staging-cleanup' && step.state === 'Passed')
    return ['prepare', 'shift', 'bake', 'promoted'].includes(kind) || (kind === 'staging-deploy' && !cleaned)
  }

  target(key: string, patch: Partial<Pick<TargetView, 'state' | 'message' | 'asked' | 'actual'>>): void {
    const target = this.targets.get(key)
    if (!target) return
    const moved = patch.state !== undefined && patch.state !== target.state
    const weights = withChange(target, patch)
    this.targets.set(key, { ...target, ...patch, weights, since: moved ? isoNow() : target.since })
    if (patch.message !== undefined && (moved || patch.message !== target.message)) {
      this.note('target', `${key}: ${patch.state ?? target.state}: ${patch.message}`, { target: key })
    }
    this.changed()
    if (moved || weights !== target.weights) this.noted()
  }

  targetViews(): readonly TargetView[] {
    return [...this.targets.values()]
  }

  note(
    kind: TimelineEntry['kind'],
    text: string,
    at: { readonly target?: string; readonly step?: number } = {},
  ): void {
    this.seq += 1
    this.timeline.push({ seq: this.seq, at: isoNow(), kind, text, ...at })
    if (this.timeline.length > longestTimeline) this.timeline.shift()
    this.changed()
    this.noted()
  }

  decided(decision: Decision): void {
    const index = this.decisions.findIndex(({ id, verb }) => id === decision.id && verb === decision.verb)
    if (index >= 0) this.decisions[index] = decision
    else this.decisions.push(decision)
    const why = decision.comment ? `: ${decision.comment}` : ''
    if (index < 0) this.note('decision', `${decision.verb} by ${decision.by}${why} (${decision.result})`)
    this.changed()
  }

  measured(measurements: readonly Measurement[]): void {
    this.measurements.push(...measurements)
    this.changed()
  }

  judged(verdict: Verdict): void {
    this.note('verdict', `${verdict.result}: ${verdict.message}`, { target: verdict.target })
    if (verdict.result !== 'Pass') this.verdict = verdict
    this.changed()
  }

  keep(what: string): void {
    this.kept.add(what)
    this.changed()
  }

  instruct(instructions: readonly string[]): void {
    this.instructions = instructions
    this.changed()
  }

  link(links: RolloutView['links']): void {
    this.links = { ...this.links, ...links }
    this.changed()
  }

  end(outcome: Outcome, reason: string): void {
    this.outcome = outcome
    this.reason = reason
    this.endedAt = isoNow()
    this.gate = undefined
    this.enter('Ended', `${outcome}: ${reason}`)
  }

  view(): RolloutView {
    const { input } = this
    return {
      id: input.rolloutId,
      name: input.document.name,
      title: this.plan?.title ?? input.document.name,
      package: input.document.model.package,
      version: this.version,
      phase: this.phase,
      message: this.message,
      since: this.since,
      startedAt: this.startedAt,
      startedBy: input.startedBy.name,
      ...(this.endedAt === undefined ? {} : { endedAt: this.endedAt }),
      ...(this.outcome === undefined ? {} : { outcome: this.outcome }),
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(this.deadline === undefined ? {} : { deadline: this.deadline }),
      paused: this.paused(),
      steps: this.steps,
      targets: [...this.targets.values()],
      ...(this.gate === undefined ? {} : { gate: this.gate }),
      decisions: this.decisions,
      timeline: this.timeline,
      measurements: this.measurements,
      ...(this.verdict === undefined ? {} : { verdict: this.verdict }),
      findings: this.plan?.findings ?? [],
      instructions: this.instructions,
      kept: [...this.kept],
      links: this.links,
      legal: this.legal(),
    }
  }

  /** Search attributes and memo: what lists show, and all that is left when no worker is up. */
  publish(): void {
    const memo: Partial<RolloutMemo> = {
      summary: summaryLine(this.view()),
      phase: this.phase,
      message: this.message,
      since: this.since,
    }
    upsertMemo(memo)
    upsertSearchAttributes([
      { key: searchAttributes.phase, value: this.phase },
      ...(this.outcome === undefined
        ? []
        : [{ key: searchAttributes.outcome, value: this.outcome as string }]),
    ])
  }

  changed(): void {
    this.version += 1
    this.shown = false
  }

  /**
   * Keeps Temporal's current details up to date for as long as the workflow runs: once for all that changes within one task,
   * because two hundred targets change two hundred times and each rendering shows them all.
   */
  async show(): Promise<never> {
    for (;;) {
      await condition(() => !this.shown)
      this.shown = true
      setCurrentDetails(renderDetails(this.view()))
    }
  }
}

/** The changes so far, with this one if it is one. Beyond the limit the oldest but the first are dropped. */
function withChange(target: TargetView, patch: Partial<TargetView>): TargetView['weights'] {
  const { weights } = target
  const { asked = target.asked, actual = target.actual } = patch
  if (asked === target.asked && actual === target.actual) return weights
  const [first, ...rest] = [...weights, { at: isoNow(), asked, actual }]
  return first ? [first, ...rest.slice(-mostWeights)] : rest
}

/** Whether a step with this id stood in the plan before, and copies or registers the same. */
function sameWork(before: Plan, now: Plan, { id }: PlannedStep): boolean {
  const work = (plan: Plan): unknown => {
    const step = plan.steps.find((one) => one.id === id)
    if (step?.kind === 'promote') return plan.promote
    if (step?.copy === undefined) return undefined
    return (step.kind === 'replicate-image' ? plan.images : plan.artifacts)[step.copy]
  }
  return JSON.stringify(work(before)) === JSON.stringify(work(now))
}

function pending(step: PlannedStep): StepView {
  const { number, id, title, kind, wave, targets, weight } = step
  return {
    number,
    id,
    title,
    kind,
    state: 'Pending',
    targets,
    ...(wave === undefined ? {} : { wave }),
    ...(weight === undefined ? {} : { weight }),
  }
}

function pick(known: StepView | undefined): Partial<StepView> {
  if (!known) return {}
  const { state, startedAt, endedAt, message } = known
  return {
    state,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(message === undefined ? {} : { message }),
  }
}
