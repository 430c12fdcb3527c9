import { parseDocument } from '../rollout/document/parse.ts'
import type { Document } from '../rollout/document/types.ts'
import { ApiError } from './errors.ts'

/**
 * The document in the body of a request.
 * @param body JSON or YAML text
 * @throws ApiError invalid-document with every problem, malformed-body if there is none at all
 */
export function readDocument(body: unknown): Document {
  if (typeof body !== 'string' || body.trim() === '') {
    throw new ApiError('malformed-body', 'The request has no document in its body.')
  }
  const parsed = parseDocument(body)
  if (parsed.ok) return parsed.document
  const count = parsed.problems.length
  const detail = `The document has ${count} ${count === 1 ? 'problem' : 'problems'}: ${parsed.problems[0]?.message ?? ''}${count > 1 ? ' …' : ''}`
  throw new ApiError('invalid-document', detail, { problems: parsed.problems })
}
