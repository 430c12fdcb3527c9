import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical.ts'

/** sha256 (hex) over the canonical JSON: equal for values that mean the same, whatever their spelling. Not for workflows. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

/** Tells one document from another, for the Idempotency-Key of a start. */
export function documentHash(document: unknown): string {
  return contentHash(document)
}
