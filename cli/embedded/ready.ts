import { Connection } from '@temporalio/client'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Resolves when a server answers for every part that a rollout needs: the frontend, the namespace, visibility with the
 * given search attributes, and the history service.
 * @throws Error with the last refusal, when `deadlineMs` is over or `gaveUp` settles first
 */
export async function waitUntilReady({
  address,
  namespace,
  searchAttributes,
  deadlineMs,
  gaveUp,
}: {
  address: string
  namespace: string
  searchAttributes: readonly string[]
  deadlineMs: number
  gaveUp: Promise<unknown>
}): Promise<void> {
  let stopped = false
  void gaveUp.then(() => (stopped = true))
  const deadline = Date.now() + deadlineMs
  let last = 'it never answered'
  while (!stopped && Date.now() < deadline) {
    try {
      await probe(address, namespace, searchAttributes)
      return
    } catch (error) {
      last = error instanceof Error ? error.message : String(error)
      await Promise.race([delay(100), gaveUp])
    }
  }
  throw new Error(last)
}

async function probe(address: string, namespace: string, searchAttributes: readonly string[]): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '2s' })
  try {
    await connection.withDeadline(Date.now() + 5_000, async () => {
      const service = connection.workflowService
      const query = searchAttributes.map((name) => `${name} IS NULL`).join(' AND ')
      await service.listWorkflowExecutions({ namespace, query, pageSize: 1 })
      const execution = { workflowId: 'sluice-readiness-probe' }
      await service.describeWorkflowExecution({ namespace, execution }).catch((error: unknown) => {
        // Not found is the history service's own answer; anything else means that it is not there yet.
        if (codeOf(error) !== NOT_FOUND) throw error
      })
    })
  } finally {
    await connection.close()
  }
}

const NOT_FOUND = 5

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
