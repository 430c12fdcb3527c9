import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client'
import { TypedSearchAttributes } from '@temporalio/common'
import type { Document } from '../../rollout/document/types.ts'
import type { Plan } from '../../rollout/plan/types.ts'
import {
  rolloutWorkflow,
  rolloutWorkflowId,
  type Identity,
  type RolloutInput,
  type RolloutMemo,
} from '../../workflows/messages.ts'
import { searchAttributes } from '../../workflows/search-attributes.ts'
import type { Started } from '../answers.ts'
import { within, type ApiContext } from '../context.ts'
import { documentHash } from '../../rollout/document/hash.ts'
import { ApiError } from '../errors.ts'
import { linksOf } from './links.ts'
import { runPlan } from './run-plan.ts'
import { targetTerms } from './target-terms.ts'

export interface StartRequest {
  readonly rolloutId: string
  readonly document: Document
  readonly startedBy: Identity
  readonly undoes?: string
  /** The id follows from the request, so that one that exists already is this very rollout. */
  readonly repeatable: boolean
}

/**
 * Plans, and starts the rollout if the plan has no errors.
 * @throws ApiError plan-refused, target-busy, idempotency-key-reused, no-worker, plan-failed
 */
export async function startRollout(context: ApiContext, request: StartRequest): Promise<Started> {
  const before = request.repeatable ? await findStarted(context, request) : undefined
  if (before) return before
  const { document, undoes } = request
  const plan = await runPlan(context, { rolloutId: null, document, ...(undoes ? { undoes } : {}) })
  try {
    refuseErrors(plan)
  } catch (refusal) {
    // The same request may have been started a moment ago, and hold the targets itself.
    const twin = request.repeatable ? await findStarted(context, request) : undefined
    if (twin) return twin
    throw refusal
  }
  return start(context, request, plan)
}

function refuseErrors(plan: Plan): void {
  const errors = plan.findings.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  const busy = errors.every(({ code }) => code === 'target-busy')
  const more = errors.length > 1 ? ` And ${errors.length - 1} more.` : ''
  const detail = `${errors[0]?.message ?? ''}${more && `.${more}`}`
  throw new ApiError(busy ? 'target-busy' : 'plan-refused', detail, { findings: plan.findings })
}

async function start(context: ApiContext, request: StartRequest, plan: Plan): Promise<Started> {
  const { client, taskQueue } = context
  const { rolloutId, document, startedBy, undoes } = request
  const input: RolloutInput = {
    rolloutId,
    document,
    startedBy,
    ...(undoes ? { undoes } : {}),
    ...(context.heralds ? { herald: true } : {}),
  }
  const summary = undoes ? `undo of ${undoes}: ${plan.title}` : plan.title
  try {
    await within(context, 'call', () =>
      client.workflow.start(rolloutWorkflow, {
        workflowId: rolloutWorkflowId(rolloutId),
        taskQueue,
        args: [input],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: summary,
        staticDetails: writeDetails(request, plan),
        memo: firstMemo(request, summary),
        typedSearchAttributes: firstAttributes(request, plan),
      }),
    )
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    const twin = await findStarted(context, request)
    if (!twin) throw error
    return twin
  }
  return { id: rolloutId, links: linksOf(context, rolloutId), repeated: false, plan }
}

function firstMemo({ document, startedBy, undoes }: StartRequest, summary: string): Record<string, unknown> {
  const memo: RolloutMemo = {
    summary,
    phase: 'Queued',
    message: 'started; waits for a worker to begin',
    package: document.model.package,
    startedBy: startedBy.name,
    documentHash: documentHash(document),
    ...(undoes === undefined ? {} : { undoes }),
  }
  return { ...memo }
}

function firstAttributes({ document, startedBy }: StartRequest, plan: Plan): TypedSearchAttributes {
  const keys = [...(plan.staging ? [plan.staging.key] : []), ...plan.targets.map(({ key }) => key)]
  return new TypedSearchAttributes([
    { key: searchAttributes.model, value: document.name },
    { key: searchAttributes.phase, value: 'Queued' },
    { key: searchAttributes.startedBy, value: startedBy.name },
    { key: searchAttributes.target, value: [...targetTerms(keys)] },
  ])
}

/** Temporal takes 20,000 bytes of details; a long plan ends early here, and is whole in the rollout's own state. */
const MOST_DETAILS = 18_000

function writeDetails({ document, startedBy }: StartRequest, plan: Plan): string {
  const lines = [`Package \`${document.model.package}\`, started by ${startedBy.name}.`, '']
  let room = MOST_DETAILS
  for (const [index, { number, title }] of plan.steps.entries()) {
    const line = `${number}. ${title}`
    room -= Buffer.byteLength(line) + 1
    if (room < 0) return [...lines, `… and ${plan.steps.length - index} more steps`].join('\n')
    lines.push(line)
  }
  return lines.join('\n')
}

/** The rollout that this very request started before, if it did. */
async function findStarted(context: ApiContext, request: StartRequest): Promise<Started | undefined> {
  const { rolloutId, document } = request
  const handle = context.client.workflow.getHandle(rolloutWorkflowId(rolloutId))
  try {
    const { memo } = await within(context, 'call', () => handle.describe())
    if ((memo as Partial<RolloutMemo> | undefined)?.documentHash !== documentHash(document)) {
      throw new ApiError(
        'idempotency-key-reused',
        `Rollout ${rolloutId} was started with this key and another document.`,
        {
          id: rolloutId,
        },
      )
    }
    return { id: rolloutId, links: linksOf(context, rolloutId), repeated: true }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}
