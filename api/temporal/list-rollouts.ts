import { createHash } from 'node:crypto'
import type { RolloutPage } from '../answers.ts'
import { within, type ApiContext } from '../context.ts'
import { ApiError } from '../errors.ts'
import { toLine } from './line.ts'
import { readListed } from './listed.ts'
import { writeQuery, type RolloutFilter } from './visibility.ts'

/**
 * One page of rollouts, running ones first, then by when they ended.
 * @param cursor `next` of the page before, for the same filter
 * @throws ApiError invalid-request for a cursor of another filter
 */
export async function listRollouts(
  context: ApiContext,
  filter: RolloutFilter,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Promise<RolloutPage> {
  const { client } = context
  const query = writeQuery(filter)
  const nextPageToken = cursor === undefined ? undefined : readCursor(cursor, query)
  const answer = await within(context, 'call', () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      pageSize: limit,
      query,
      nextPageToken,
    }),
  )
  const { loadedDataConverter } = client.workflow.options
  const listed = await Promise.all(answer.executions.map((raw) => readListed(raw, loadedDataConverter)))
  const rollouts = listed.map(toLine)
  const token = answer.nextPageToken
  return { rollouts, ...(token?.length ? { next: writeCursor(token, query) } : {}) }
}

// The filter's hash is part of the cursor: Temporal takes a token with any query and answers nonsense.
function writeCursor(token: Uint8Array, query: string): string {
  return `${hashOf(query)}.${Buffer.from(token).toString('base64url')}`
}

function readCursor(cursor: string, query: string): Uint8Array {
  const [hash, token] = cursor.split('.')
  if (hash !== hashOf(query) || !token) {
    throw new ApiError('invalid-request', 'The cursor does not belong to this filter.', {
      problems: [{ path: 'cursor', message: 'must be `next` of a page with the same filter' }],
    })
  }
  return Buffer.from(token, 'base64url')
}

function hashOf(query: string): string {
  return createHash('sha256').update(query).digest('hex').slice(0, 8)
}
