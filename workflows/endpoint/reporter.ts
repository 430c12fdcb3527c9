import { condition, getExternalWorkflowHandle } from '@temporalio/workflow'
import type { EndpointInput, Report } from './protocol.ts'
import { reportSignal } from './protocol.ts'

/** A report before it says of which target it is. */
export type ReportBody = Report extends infer R ? (R extends Report ? Omit<R, 'key'> : never) : never

/**
 * Tells the rollout how it goes, without holding up what is reported: what is told within one task of the workflow goes in
 * one signal, and one signal is on its way at a time, so that reports arrive in their order.
 */
export class Reporter {
  private readonly waiting: Report[] = []
  private sending = false
  private readonly input: EndpointInput

  constructor(input: EndpointInput) {
    this.input = input
  }

  tell(report: ReportBody): void {
    this.waiting.push({ key: this.input.target.key, ...report } as Report)
  }

  /** Sends what is told, for as long as the workflow runs. */
  async run(): Promise<never> {
    for (;;) {
      // Conditions are looked at when all else of a task is done: by then everything is told that belongs together.
      await condition(() => this.waiting.length > 0)
      this.sending = true
      await this.send(this.waiting.splice(0))
      this.sending = false
    }
  }

  /** Until the rollout has everything that was told. */
  async delivered(): Promise<void> {
    await condition(() => !this.sending && this.waiting.length === 0)
  }

  private async send(reports: readonly Report[]): Promise<void> {
    const { workflowId, runId } = this.input.parent
    try {
      await getExternalWorkflowHandle(workflowId, runId).signal(reportSignal, reports)
    } catch {
      // The parent is gone; the actor notices that by itself and reverts.
    }
  }
}
