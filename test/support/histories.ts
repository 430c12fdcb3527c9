import type { Client } from '@temporalio/client'

/** Everything that Temporal keeps of one workflow, as somebody without any key can read it. */
export interface Kept {
  readonly workflowId: string
  readonly text: string
}

/**
 * What Temporal keeps of every workflow that was started on a task queue: the whole history with the bytes of payloads as
 * text, memo and search attributes, what is pending, and the summaries.
 */
export async function readKept(client: Client, taskQueue: string): Promise<readonly Kept[]> {
  const { workflowService } = client
  const { namespace } = client.options
  const kept: Kept[] = []
  const query = `TaskQueue = '${taskQueue}' OR TaskQueue = '${taskQueue}-notices'`
  const { executions } = await workflowService.listWorkflowExecutions({ namespace, query, pageSize: 1_000 })
  for (const { execution } of executions ?? []) {
    const parts: unknown[] = []
    let nextPageToken: Uint8Array | undefined
    do {
      const page = await workflowService.getWorkflowExecutionHistory({
        namespace,
        execution,
        ...(nextPageToken ? { nextPageToken } : {}),
      })
      parts.push(page.history)
      nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined
    } while (nextPageToken)
    parts.push(await workflowService.describeWorkflowExecution({ namespace, execution }))
    kept.push({ workflowId: execution?.workflowId ?? '', text: textOf(parts) })
  }
  return kept
}

/** Every text below a value, bytes read as text, a line each. */
function textOf(value: unknown): string {
  const lines: string[] = []
  const visit = (at: unknown): void => {
    if (typeof at === 'string') lines.push(at)
    else if (at instanceof Uint8Array) lines.push(Buffer.from(at).toString('utf8'))
    else if (Array.isArray(at)) at.forEach(visit)
    else if (typeof at === 'object' && at !== null) {
      for (const [name, member] of Object.entries(at)) {
        lines.push(name)
        visit(member)
      }
    }
  }
  visit(value)
  return lines.join('\n')
}
