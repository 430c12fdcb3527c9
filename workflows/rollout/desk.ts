import { ApplicationFailure, CancellationScope, setHandler } from '@temporalio/workflow'
import { decider, refuseDecider } from '../../rollout/approval.ts'
import type { Verb } from '../../rollout/phases.ts'
import { verbs } from '../../rollout/phases.ts'
import { mayUse } from '../../rollout/roles.ts'
import type { Effect, Situation } from '../../rollout/verbs.ts'
import { judgeVerb } from '../../rollout/verbs.ts'
import { local } from '../activities.ts'
import { isoNow } from '../clock.ts'
import type { Identity, Message, MessageAnswer } from '../messages.ts'
import { signals, updates } from '../messages.ts'
import type { RolloutRun } from './run.ts'

/** Who may be nobody we know: only these need no signature, because they can only stop things. */
const unverifiedVerbs: readonly Verb[] = ['pause', 'abort']

/**
 * Where people's messages arrive: updates and signals of the same meaning. A message counts once by its decision id, is
 * judged by the one table, and is kept with who, when and why.
 */
export class Desk {
  private readonly answers = new Map<string, Promise<MessageAnswer>>()
  private unsigned = 0
  private verifying: Promise<unknown> = Promise.resolve()

  private readonly run: RolloutRun

  constructor(run: RolloutRun) {
    this.run = run
  }

  /** Registered before the first await of the workflow: a message may come first. */
  listen(): void {
    for (const verb of verbs) {
      setHandler(updates[verb], (message) => this.receive({ ...message, verb }), {
        validator: (message) => this.refuseIfHopeless({ ...message, verb }),
      })
      setHandler(signals[verb], async (message) => {
        const complete = this.completed(verb, message)
        await this.receive(complete).catch(() => undefined)
      })
    }
  }

  /** Fills in what a signal from Temporal's UI lacks. */
  private completed(verb: Verb, message: Partial<Message> | undefined): Message {
    const id = message?.decisionId
    const by = message?.by
    return {
      ...message,
      verb,
      decisionId: typeof id === 'string' && id !== '' ? id : `signal-${(this.unsigned += 1)}`,
      by: isIdentity(by) ? by : { name: 'somebody in Temporal', roles: [], groups: [] },
      at: message?.at ?? isoNow(),
    }
  }

  /** The validator: what can be said without waiting. It leaves no trace in the history. */
  private refuseIfHopeless(message: Message): void {
    if (typeof message.decisionId !== 'string' || message.decisionId === '' || !isIdentity(message.by)) {
      throw refused('the message is malformed: it needs a decisionId and who sends it')
    }
    if (this.answers.has(keyOf(message))) return
    const reason = this.reasonAgainst(message)
    if (reason !== undefined) throw refused(reason)
  }

  private receive(message: Message): Promise<MessageAnswer> {
    const known = this.answers.get(keyOf(message))
    if (known) return known.then((answer) => ({ ...answer, result: 'already-decided' as const }))
    // Handlers run in the root scope, which a cancel in Temporal ends; what people say must be heard all the same.
    const answer = CancellationScope.nonCancellable(() => this.handle(message))
    answer.catch(() => undefined)
    this.answers.set(keyOf(message), answer)
    return answer
  }

  private async handle(message: Message): Promise<MessageAnswer> {
    if (unverifiedVerbs.includes(message.verb)) {
      const answer = this.apply(message, false)
      if (message.signature !== undefined) this.record(message, await this.verified(message), answer.message)
      return answer
    }
    if (!(await this.verified(message))) {
      return this.refuse(
        message,
        false,
        'it was not signed by the API: from elsewhere a rollout can only be paused or aborted',
      )
    }
    if (!message.by.roles.some((role) => mayUse(role, message.verb))) {
      return this.refuse(message, true, `${message.by.name} has no role that may ${message.verb}`)
    }
    return this.apply(message, true)
  }

  /**
   * One after another: of two local activities that run at once the replay knows only in which order they were started, not
   * in which they ended, so that two people who race would break it.
   */
  private verified(message: Message): Promise<boolean> {
    if (message.signature === undefined) return Promise.resolve(false)
    const turn = this.verifying.then(() => this.verify(message))
    this.verifying = turn
    return turn
  }

  private async verify(message: Message): Promise<boolean> {
    try {
      return await local.verifyMessage({ rolloutId: this.run.input.rolloutId, message })
    } catch {
      return false
    }
  }

  private apply(message: Message, verified: boolean): MessageAnswer {
    const reason = this.reasonAgainst(message)
    if (reason !== undefined) return this.refuse(message, verified, reason)
    const legality = judgeVerb(message.verb, this.situation())
    const effect = legality.legal ? legality.effect : 'nothing'
    const gate = this.gateOf(message)
    const text = this.carryOut(effect, message)
    this.record({ ...message, ...(gate === undefined ? {} : { gate }) }, verified, text)
    return { result: 'accepted', phase: this.run.state.phase, message: text }
  }

  private reasonAgainst(message: Message): string | undefined {
    const situation = this.situation()
    const legality = judgeVerb(message.verb, situation)
    if (!legality.legal) return legality.reason
    if (message.verb !== 'approve' && message.verb !== 'reject') return undefined
    const { open } = this.run.gates
    if (!open) return undefined
    if (message.gate !== undefined && message.gate !== open.view.id) {
      return `the gate ${message.gate} is not open; open is ${open.view.id}`
    }
    if (open.view.needsReason && message.verb === 'approve' && !message.comment?.trim()) {
      return `${open.view.id} opens for a person only with a reason: send it as the comment`
    }
    return (
      refuseDecider(message.verb, decider(message.by), {
        from: open.view.from,
        selfApproval: open.view.selfApproval,
        startedBy: this.run.input.startedBy.name,
        approvals: open.view.approvals,
      }) ?? undefined
    )
  }

  /** Who names no gate means the open one; which that was is part of the decision. */
  private gateOf({ verb, gate }: Message): string | undefined {
    const decides = verb === 'approve' || verb === 'reject'
    return gate ?? (decides ? this.run.gates.open?.view.id : undefined)
  }

  private carryOut(effect: Effect, message: Message): string {
    const { control, gates, fleet } = this.run
    const by = message.by.name
    const why = message.comment ? `: ${message.comment}` : ''
    switch (effect) {
      case 'approve-gate':
        return gates.approve(by)
      case 'reject-gate':
        return gates.reject(by, message.comment)
      case 'pause':
        control.paused = true
        this.run.state.changed()
        return `paused by ${by}: no further step begins`
      case 'resume':
        control.paused = false
        this.run.state.changed()
        return `resumed by ${by}`
      case 'skip-bake':
        control.skipBake = true
        return `the rest of this bake is skipped by ${by}`
      case 'skip-all':
        control.skipAll = true
        control.skipBake = true
        control.paused = false
        return `all remaining bakes and gates are skipped by ${by}`
      case 'commit':
        control.commitNow = true
        return `committed by ${by}`
      case 'commit-finished':
        control.heldDecision = 'commit-finished'
        return `finished waves are kept, the others put back, says ${by}`
      case 'retry-wave':
        control.heldDecision = 'retry'
        return `the wave is repeated, says ${by}`
      case 'retry-compensation':
        control.retries += 1
        fleet.retryAll()
        return `tried again now, says ${by}`
      case 'abort':
        control.interrupt({ outcome: 'Aborted', reason: `aborted by ${by}${why}` })
        return `aborted by ${by}: everything is put back`
      case 'undo-by-weights':
        control.interrupt({ outcome: 'RolledBack', reason: `undone by ${by}${why}` })
        return `undone by ${by}: every target is put back`
      case 'undo-by-rollout':
        throw refused('a committed rollout is undone by a new rollout: use the API or `sluice undo`')
      case 'nothing':
        return 'it is so already: nothing to do'
    }
  }

  private refuse(message: Message, verified: boolean, reason: string): never {
    this.record(message, verified, `refused: ${reason}`)
    throw refused(reason)
  }

  private record(message: Message, verified: boolean, result: string): void {
    this.run.state.decided({
      id: message.decisionId,
      verb: message.verb,
      by: message.by.name,
      verified,
      ...(message.comment === undefined ? {} : { comment: String(message.comment).slice(0, 2_000) }),
      ...(message.gate === undefined ? {} : { gate: message.gate }),
      at: isoNow(),
      result,
    })
  }

  situation(): Situation {
    const { state, control, gates } = this.run
    return {
      phase: state.phase,
      committed: control.committed,
      gate: gates.open ? { id: gates.open.view.id, kind: gates.open.kind } : null,
      paused: control.paused,
      revertingAll: control.revertingAll || control.stop !== undefined,
      finishedWaves: this.run.finishedWaves().length,
      trafficMoved: state.targetViews().some((target) => target.asked > 0 || target.actual > 0),
      ...(state.outcome === undefined ? {} : { outcome: state.outcome }),
    }
  }
}

/** One decision is one verb: the same id under another verb is another decision. */
function keyOf({ verb, decisionId }: Message): string {
  return `${verb}/${decisionId}`
}

function refused(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(reason, 'Refused')
}

function isIdentity(value: unknown): value is Identity {
  if (typeof value !== 'object' || value === null) return false
  const { name, roles, groups } = value as Partial<Identity>
  return typeof name === 'string' && name !== '' && Array.isArray(roles) && Array.isArray(groups)
}
