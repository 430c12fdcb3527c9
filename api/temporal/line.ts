import type { WorkflowExecutionInfo } from '@temporalio/client'
import type { TypedSearchAttributes } from '@temporalio/common'
import type { RolloutMemo } from '../../workflows/messages.ts'
import { outcomes, phases, type Outcome, type Phase } from '../../rollout/phases.ts'
import { searchAttributes } from '../../workflows/search-attributes.ts'
import type { Execution, RolloutLine } from '../answers.ts'
import { keysAmong } from './target-terms.ts'

type StatusName = WorkflowExecutionInfo['status']['name']

/** What is read of a workflow in a list; a description has all of it, too. */
export interface Listed {
  readonly workflowId: string
  readonly status: { readonly name: StatusName }
  readonly startTime: Date
  readonly closeTime?: Date
  readonly memo?: Readonly<Record<string, unknown>>
  readonly typedSearchAttributes: Pick<TypedSearchAttributes, 'get'>
}

/** `rollout/<id>` → the id. */
export function rolloutIdOf(workflowId: string): string {
  return workflowId.replace(/^rollout\//, '')
}

/** What Temporal's visibility knows of a rollout. */
export function toLine(info: Listed): RolloutLine {
  const memo = (info.memo ?? {}) as Partial<RolloutMemo>
  const attributes = info.typedSearchAttributes
  const outcome = known(outcomes, attributes.get(searchAttributes.outcome))
  const phase = known(phases, memo.phase ?? attributes.get(searchAttributes.phase)) ?? 'Queued'
  const line: RolloutLine = {
    id: rolloutIdOf(info.workflowId),
    name: attributes.get(searchAttributes.model) ?? '',
    summary: memo.summary ?? rolloutIdOf(info.workflowId),
    phase,
    message: memo.message ?? '',
    since: memo.since ?? info.startTime.toISOString(),
    ...(outcome ? { outcome } : {}),
    package: memo.package ?? '',
    startedBy: memo.startedBy ?? attributes.get(searchAttributes.startedBy) ?? '',
    startedAt: info.startTime.toISOString(),
    ...(info.closeTime ? { endedAt: info.closeTime.toISOString() } : {}),
    targets: keysAmong(attributes.get(searchAttributes.target) ?? []),
    ...(memo.undoes === undefined ? {} : { undoes: memo.undoes }),
    execution: toExecution(info.status.name),
  }
  return { ...line, ...cutShort(line) }
}

/**
 * A workflow that was ended from outside never says so itself. Its children are asked to put their targets back
 * (REQUEST_CANCEL), but nobody waits for the result: that is for a person.
 */
export function cutShort(rollout: {
  readonly execution: Execution
  readonly phase: Phase
  readonly outcome?: Outcome
}): { readonly phase: Phase; readonly message: string } | undefined {
  const { execution, phase } = rollout
  if (execution === 'running' || execution === 'completed' || phase === 'Ended') return undefined
  return {
    phase: 'NeedsHuman',
    message: `The workflow was ${execution} from outside while ${phase}. Its endpoints were asked to put themselves back, but nobody verified that: look at each target.`,
  }
}

export function toExecution(status: StatusName): Execution {
  switch (status) {
    case 'COMPLETED':
      return 'completed'
    case 'FAILED':
      return 'failed'
    case 'TERMINATED':
      return 'terminated'
    case 'CANCELLED':
      return 'cancelled'
    case 'TIMED_OUT':
      return 'timed-out'
    default:
      return 'running'
  }
}

function known<T extends string>(values: readonly T[], value: string | undefined): T | undefined {
  return values.find((each) => each === value)
}
