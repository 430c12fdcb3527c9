import { CancellationScope, condition } from '@temporalio/workflow'
import type { FreezeTime } from '../../rollout/calendar/types.ts'
import type { Outcome } from '../../rollout/phases.ts'
import type { Verdict } from '../../rollout/view.ts'

/** Why a rollout stops going forward. */
export interface Stop {
  /** `technical`: RolledBack if an endpoint was touched, else Failed. */
  readonly outcome: Outcome | 'technical'
  readonly reason: string
  readonly verdict?: Verdict
}

/** Thrown and caught inside the rollout only. */
export class Stopped extends Error {
  readonly stop: Stop

  constructor(stop: Stop) {
    super(stop.reason)
    this.name = 'Stopped'
    this.stop = stop
  }
}

export function halt(outcome: Stop['outcome'], reason: string, verdict?: Verdict): never {
  throw new Stopped({ outcome, reason, ...(verdict ? { verdict } : {}) })
}

/** A wave that failed where the document says to hold, or to roll back only that wave. */
export interface WaveFailure {
  readonly wave: number
  readonly reason: string
  readonly verdict?: Verdict
}

/** What people and alarms have told the rollout; the steps look here at every await. */
export class Control {
  paused = false
  skipBake = false
  skipAll = false
  commitNow = false
  /** From here the rollout only goes forward. */
  committed = false
  revertingAll = false
  heldDecision: 'retry' | 'commit-finished' | undefined
  retries = 0
  /** Freezes that an approver, or the emergency start, has broken for this rollout. */
  readonly brokenFreezes: FreezeTime[] = []
  stop: Stop | undefined
  waveFailure: WaveFailure | undefined
  /** While a wave is held: what else fails meanwhile. */
  holding: WaveFailure[] | undefined
  /** Verdicts of the watch that a person must judge. */
  readonly inconclusive: Verdict[] = []
  private scope: CancellationScope | undefined

  /** Ends whatever goes forward. The first reason stays, but a person's abort outranks an alarm of the same moment. */
  interrupt(stop: Stop): void {
    if (this.committed || this.revertingAll) return
    if (this.stop === undefined || stop.outcome === 'Aborted') this.stop = stop
    this.scope?.cancel()
  }

  /** Ends the step that runs; what then happens is up to `onFailure`. */
  failWave(failure: WaveFailure): void {
    if (this.committed || this.revertingAll || this.waveFailure) return
    if (this.holding) return void this.holding.push(failure)
    this.waveFailure = failure
    this.scope?.cancel()
  }

  /** Runs a piece of the way forward, to be interrupted by either. */
  async step<T>(run: () => Promise<T>): Promise<T> {
    this.checkpoint()
    const scope = new CancellationScope()
    this.scope = scope
    try {
      const result = await scope.run(run)
      this.checkpoint()
      return result
    } finally {
      this.scope = undefined
    }
  }

  /** Throws when something has ended the way forward; called wherever an await may have hidden it. */
  checkpoint(): void {
    if (this.stop) throw new Stopped(this.stop)
    if (this.waveFailure) throw new Stopped({ outcome: 'technical', reason: this.waveFailure.reason })
  }

  /** Waits, in real milliseconds, for something to be told; true if it was. */
  async until(told: () => boolean, timeout: number | undefined, summary: string): Promise<boolean> {
    if (timeout === undefined) {
      await condition(told)
      return true
    }
    return condition(told, timeout, { summary })
  }
}
