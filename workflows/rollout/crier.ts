import {
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow'
import type { herald } from '../herald/index.ts'
import { heraldWorkflow, heraldWorkflowId, pokeSignal, type RolloutInput } from '../messages.ts'

/** The end of a rollout waits no longer than this for its last poke to be on its way. */
const lastPoke = 5_000

/**
 * Lets the herald of a rollout know that there is something to look at. Nothing waits for it and nothing it meets is an
 * error: one poke is on its way at a time, what happens meanwhile is one more, and a lost one is made up for by the herald's
 * own slow look.
 */
export class Crier {
  private busy = false
  private again = false
  private readonly rolloutId: string
  private readonly silent: boolean

  constructor({ rolloutId, herald: wanted }: RolloutInput) {
    this.rolloutId = rolloutId
    this.silent = wanted !== true
  }

  /** Starts the herald, which outlives the rollout. */
  begin(): void {
    this.cry(() =>
      startChild<typeof herald>(heraldWorkflow, {
        workflowId: heraldWorkflowId(this.rolloutId),
        args: [{ rolloutId: this.rolloutId }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        staticSummary: `tells people of ${this.rolloutId}`,
      }),
    )
  }

  /** Something happened that people may want to know. */
  poke(): void {
    if (this.busy) this.again = true
    else this.cry(() => getExternalWorkflowHandle(heraldWorkflowId(this.rolloutId)).signal(pokeSignal))
  }

  /** Until the last poke is on its way, which Temporal drops when the workflow ends before; for a moment at most. */
  async end(): Promise<void> {
    if (this.busy) await condition(() => !this.busy, lastPoke, { summary: 'the herald is told' })
  }

  private cry(send: () => Promise<unknown>): void {
    if (this.silent) return
    this.busy = true
    const settled = (): void => {
      this.busy = false
      if (!this.again) return
      this.again = false
      this.poke()
    }
    void CancellationScope.nonCancellable(send).then(settled, settled)
  }
}
