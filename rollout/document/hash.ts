import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical.ts'

/** sha256 (hex) over the canonical JSON: equal for documents that mean the same, whatever their spelling. */
export function documentHash(document: unknown): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex')
}
