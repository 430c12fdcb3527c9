import type { RawWorkflowExecutionInfo } from '@temporalio/client'
import {
  defaultPayloadConverter,
  TypedSearchAttributes,
  type LoadedDataConverter,
  type SearchAttributePair,
} from '@temporalio/common'
import { searchAttributes } from '../../workflows/search-attributes.ts'
import type { Listed } from './line.ts'
import { decodePayloads } from './payload.ts'
import { whyUnreadable } from './unreadable.ts'

/** By the number of WorkflowExecutionStatus. */
const statusNames = [
  'UNSPECIFIED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'CONTINUED_AS_NEW',
  'TIMED_OUT',
  'PAUSED',
] as const

type Timestamp = NonNullable<RawWorkflowExecutionInfo['startTime']>

/**
 * One entry of a raw list. The SDK's own list decodes them as well, but has no pages that a client could come back to. One that
 * was encrypted with a key that is not here says so in its message, and takes none of the others with it.
 */
export async function readListed(
  raw: RawWorkflowExecutionInfo,
  converter: LoadedDataConverter,
): Promise<Listed> {
  return {
    workflowId: raw.execution?.workflowId ?? '',
    status: { name: statusNames[Number(raw.status ?? 0)] ?? 'UNKNOWN' },
    startTime: toDate(raw.startTime ?? {}),
    ...(raw.closeTime ? { closeTime: toDate(raw.closeTime) } : {}),
    memo: await readMemo(raw, converter),
    typedSearchAttributes: readAttributes(raw),
  }
}

async function readMemo(
  { memo }: RawWorkflowExecutionInfo,
  converter: LoadedDataConverter,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await decodePayloads(memo?.fields ?? {}, converter)
  } catch (error) {
    const message = whyUnreadable(error)
    if (message === undefined) throw error
    return { message }
  }
}

/** Search attributes pass no codec: the server must be able to read them. */
function readAttributes(raw: RawWorkflowExecutionInfo): TypedSearchAttributes {
  const fields = raw.searchAttributes?.indexedFields ?? {}
  const pairs = Object.values(searchAttributes).flatMap((key) => {
    const payload = fields[key.name]
    return payload
      ? [{ key, value: defaultPayloadConverter.fromPayload(payload) } as SearchAttributePair]
      : []
  })
  return new TypedSearchAttributes(pairs)
}

function toDate({ seconds, nanos }: Timestamp): Date {
  return new Date(Number(seconds ?? 0) * 1000 + Math.floor((nanos ?? 0) / 1_000_000))
}
