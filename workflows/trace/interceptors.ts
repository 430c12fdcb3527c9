import { ContinueAsNew, isCancellation, proxySinks, workflowInfo } from '@temporalio/workflow'
import type { Headers, WorkflowInterceptors } from '@temporalio/workflow'
import { errorType, spanIdOfRun, type TraceSinks, type WorkflowSpan } from './spans.ts'
import { readTraceHeader, withTraceHeader, type TraceParent } from './traceparent.ts'

/**
 * Carries the trace of whoever started a workflow on to its activities and children, and hands the worker its spans.
 *
 * Every bundle has it, whether anybody traces or not, so it must not change what a replay does: it waits for nothing and
 * hands on the very promises that it gets, which is why Temporal's own package (whose interceptors are `async`, and cannot
 * replay what began without them) is not used.
 */
export function interceptors(): WorkflowInterceptors {
  const { trace } = proxySinks<TraceSinks>()
  /** Who started this run, and the first span of this run; undefined as long as nobody traces it. */
  let starter: TraceParent | undefined
  let self: TraceParent | undefined

  const onward = <Input extends { readonly headers: Headers }>(input: Input): Input =>
    self ? { ...input, headers: withTraceHeader(input.headers, self) } : input

  /** A span from now until this ends. */
  const until = (running: Promise<unknown>, span: Pick<WorkflowSpan, 'name' | 'parent' | 'link'>): void => {
    const from = Date.now()
    const end = (more: Partial<WorkflowSpan>) => trace.span({ ...span, from, to: Date.now(), ...more })
    running.then(
      (result) => end(outcomeOf(result)),
      (error: unknown) => end(ended(error) ? {} : { error: errorType(error) }),
    )
  }

  return {
    inbound: [
      {
        execute(input, next) {
          starter = readTraceHeader(input.headers)
          if (!starter) return next(input)
          const { runId, workflowType } = workflowInfo()
          self = { ...starter, spanId: spanIdOfRun(runId) }
          const now = Date.now()
          trace.span({
            name: `BeginWorkflow:${workflowType}`,
            parent: starter,
            spanId: self.spanId,
            from: now,
            to: now,
          })
          const running = next(input)
          until(running, { name: `RunWorkflow:${workflowType}`, parent: self })
          return running
        },
        handleUpdate(input, next) {
          const sender = readTraceHeader(input.headers)
          const running = next(input)
          if (sender) until(running, { name: `HandleUpdate:${input.name}`, parent: sender, link: self })
          return running
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(onward(input)),
        scheduleLocalActivity: (input, next) => next(onward(input)),
        startChildWorkflowExecution: (input, next) => next(onward(input)),
        // The next run stands beside this one, not below it: a chain of them has no end.
        continueAsNew: (input, next) =>
          next(starter ? { ...input, headers: withTraceHeader(input.headers, starter) } : input),
      },
    ],
  }
}

function ended(error: unknown): boolean {
  return error instanceof ContinueAsNew || isCancellation(error)
}

/** Rollouts and endpoints return theirs; other workflows have none. */
function outcomeOf(result: unknown): Pick<WorkflowSpan, 'attributes'> {
  const { outcome } = (result ?? {}) as { readonly outcome?: unknown }
  return typeof outcome === 'string' ? { attributes: { 'sluice.outcome': outcome } } : {}
}
