import type { Path } from './problem.ts'
import { valueAt } from './problem.ts'

/** A copy without what is at the given paths, so that the rest can still be checked. Lists keep their indexes. */
export function salvage(raw: unknown, broken: readonly Path[]): unknown {
  const copy: unknown = structuredClone(raw)
  for (const path of broken) {
    const last = path.at(-1)
    if (last === undefined) return undefined
    const parent = valueAt(copy, path.slice(0, -1))
    if (typeof parent !== 'object' || parent === null) continue
    if (Array.isArray(parent)) parent[Number(last)] = undefined
    else delete (parent as Record<string, unknown>)[String(last)]
  }
  return copy
}
