import type { z } from 'zod'
import { ApiError } from '../errors.ts'

/**
 * Checks one part of a request.
 * @param part where it stands, for messages: `body`, `query`, `path`, `headers`
 * @throws ApiError invalid-request with every problem
 */
export function parsePart<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  part: string,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const found = result.error.issues.map(({ path, message }) => ({ path: [part, ...path].join('.'), message }))
  const detail = found.map(({ path, message }) => `${path}: ${message}`).join('; ')
  throw new ApiError('invalid-request', detail, { problems: found })
}
