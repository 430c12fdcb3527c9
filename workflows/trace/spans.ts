import { ApplicationFailure, type Sinks } from '@temporalio/workflow'
import type { TraceParent } from './traceparent.ts'

/** A span that a workflow hands to its worker, complete. */
export interface WorkflowSpan {
  readonly name: string
  readonly parent: TraceParent
  /** 16 hex digits; any that are free when absent. */
  readonly spanId?: string | undefined
  /** Epoch milliseconds, by the workflow's clock. */
  readonly from: number
  readonly to: number
  /** What it ended with; absent when it went well. */
  readonly error?: string | undefined
  /** A span of another trace that it has to do with. */
  readonly link?: TraceParent | undefined
  readonly attributes?: Readonly<Record<string, string>>
}

/** What a worker must offer to workflows. Temporal's SDK calls it never during a replay, so that no span comes twice. */
export interface TraceSinks extends Sinks {
  readonly trace: { span(span: WorkflowSpan): void }
}

/**
 * The first span of a run has an id that follows from the run, so that it is known without being kept, and is the same
 * after a replay. A run id is a UUID, whose last 16 digits are drawn by lot.
 */
export function spanIdOfRun(runId: string): string {
  return runId.replaceAll('-', '').slice(-16).padStart(16, '1')
}

/** The type of a failure, never its message: that may hold anything. */
export function errorType(error: unknown): string {
  if (error instanceof ApplicationFailure && error.type) return error.type
  return error instanceof Error ? error.name : 'Unknown'
}
