import { CancellationScope } from '@temporalio/workflow'

interface Compensation {
  readonly name: string
  readonly undo: () => Promise<void>
  /** Milliseconds of the rollout's clock until a person is told; default `persist`'s. */
  readonly patience: number | undefined
}

/** Undoes steps last-in-first-out. A compensation is registered before its step and must be idempotent. */
export class Saga {
  private readonly compensations: Compensation[] = []

  add(name: string, undo: () => Promise<void>, patience?: number): void {
    this.compensations.push({ name, undo, patience })
  }

  /** What was done stays: nothing is left to undo. */
  clear(): void {
    this.compensations.length = 0
  }

  /** Runs everything outside cancellation; `persist` makes each one succeed or says why it never can. */
  async unwind(
    persist: (name: string, undo: () => Promise<void>, patience?: number) => Promise<void>,
  ): Promise<void> {
    await CancellationScope.nonCancellable(async () => {
      for (let next = this.compensations.at(-1); next; next = this.compensations.at(-1)) {
        await persist(next.name, next.undo, next.patience)
        this.compensations.pop()
      }
    })
  }
}
