import type { Plan, PlannedTarget } from '../../rollout/plan/types.ts'
import type { Place } from '../../rollout/target.ts'
import { legalVerbs } from '../../rollout/verbs.ts'
import type { Clock } from '../clock.ts'
import { createClock } from '../clock.ts'
import type { RolloutInput } from '../messages.ts'
import { Control } from './control.ts'
import { Crier } from './crier.ts'
import { Desk } from './desk.ts'
import { Fleet } from './fleet.ts'
import { Gates } from './gates.ts'
import { RolloutState } from './state.ts'
import { onLost, onStuck, onUnstuck, onVerdict } from './events.ts'

/** Everything that the steps of one rollout share. */
export class RolloutRun {
  readonly input: RolloutInput
  readonly control = new Control()
  readonly state: RolloutState
  readonly fleet: Fleet
  readonly desk: Desk
  readonly crier: Crier
  gates: Gates
  clock: Clock = createClock(1)
  /** Workflow ids that the last holder of a lock handed on with it, by target key. */
  readonly handedOn = new Map<string, readonly string[]>()
  /** Locks that their holder has called free. */
  readonly free = new Set<string>()
  /** Set when finished waves were kept and the others put back. */
  partial: string | undefined

  constructor(input: RolloutInput) {
    this.input = input
    this.crier = new Crier(input)
    this.state = new RolloutState(
      input,
      () => legalVerbs(this.desk.situation()),
      () => this.control.paused,
      () => this.crier.poke(),
    )
    this.gates = new Gates(this.state, this.clock)
    this.desk = new Desk(this)
    this.fleet = new Fleet(this.state, {
      verdict: (key, verdict) => onVerdict(this, key, verdict),
      stuck: (key, message, instructions) => onStuck(this, key, message, instructions),
      unstuck: (key) => onUnstuck(this, key),
      lost: (key, why) => onLost(this, key, why),
    })
  }

  get plan(): Plan {
    if (!this.state.plan) throw new Error('there is no plan yet')
    return this.state.plan
  }

  adopt(plan: Plan): void {
    this.clock = createClock(plan.clockRate)
    this.gates = new Gates(this.state, this.clock)
    this.state.adopt(plan)
  }

  planned(key: string): PlannedTarget {
    const { targets, staging } = this.plan
    const target = targets.find((one) => one.key === key) ?? (staging?.key === key ? staging : undefined)
    if (!target) throw new Error(`the plan has no target ${key}`)
    return target
  }

  /** The model package and how to get to it. */
  get source(): { readonly arn: string; readonly place: Place } {
    const arn = this.input.document.model.package
    const [, , , region = '', accountId = ''] = arn.split(':')
    const account = Object.values(this.input.document.accounts).find((one) => one.id === accountId)
    return {
      arn,
      place: {
        accountId,
        region,
        ...(account?.role === undefined ? {} : { role: account.role }),
        ...(account?.externalId === undefined ? {} : { externalId: account.externalId }),
      },
    }
  }

  waves(): readonly number[] {
    return [...new Set((this.state.plan?.targets ?? []).flatMap((target) => target.wave ?? []))].sort(
      (a, b) => a - b,
    )
  }

  /** Waves whose every step passed. */
  finishedWaves(): readonly number[] {
    return this.waves().filter((wave) => {
      const steps = this.state.stepStates().filter((step) => step.wave === wave)
      const shifted = steps.some((step) => step.kind === 'shift' && step.state === 'Passed')
      return shifted && steps.every((step) => step.state === 'Passed' || step.state === 'Skipped')
    })
  }
}
