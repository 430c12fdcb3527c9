import type { z } from 'zod'
import { nearest } from './nearest.ts'
import type { Path, Problem } from './problem.ts'
import { makeProblem, showFound, valueAt } from './problem.ts'

type Issue = z.core.$ZodIssue

/** A problem together with the place whose value cannot be used. */
export interface LocatedProblem {
  readonly at: Path
  readonly problem: Problem
}

const pathOf = (path: readonly PropertyKey[]): Path =>
  path.map((part) => (typeof part === 'number' ? part : String(part)))

/** Of the branches of a union the one that was probably meant: the one that accepts the kind of value that is there. */
function likelyBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const rejectsWhole = (issues: readonly Issue[]) =>
    issues.some((issue) => issue.path.length === 0 && issue.code !== 'unrecognized_keys')
  const fitting = branches.filter((issues) => !rejectsWhole(issues))
  return fitting.toSorted((a, b) => missing(a) - missing(b))[0] ?? null
}

/** Keys that are strange to a branch or that it misses speak against it. */
const missing = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length * 2 : 1), 0)

function unknownKeys(path: Path, keys: readonly string[], known: readonly string[]): LocatedProblem[] {
  return keys.map((key) => {
    const meant = nearest(key, known)
    const allowed =
      meant === null
        ? `one of ${known.join(', ')}`
        : `\`${meant}\` (or ${known.filter((k) => k !== meant).join(', ')})`
    return {
      at: [...path, key],
      problem: makeProblem([...path, key], 'an unknown key', known.length === 0 ? 'no such key' : allowed),
    }
  })
}

/** Every issue of the schema as problems; `knownKeys` says which keys a section has. */
export function problemsOf(
  issues: readonly Issue[],
  root: unknown,
  knownKeys: (path: Path, given: unknown) => readonly string[],
  base: Path = [],
): LocatedProblem[] {
  return issues.flatMap((issue): LocatedProblem[] => {
    const path = [...base, ...pathOf(issue.path)]
    const value = valueAt(root, path)
    if (issue.code === 'unrecognized_keys') return unknownKeys(path, issue.keys, knownKeys(path, value))
    if (issue.code === 'invalid_union') {
      const branch = likelyBranch(issue.errors)
      if (branch && branch.length > 0) return problemsOf(branch, root, knownKeys, path)
    }
    if (issue.code === 'invalid_key') {
      const allowed = issue.issues[0]?.message ?? issue.message
      return [{ at: path, problem: makeProblem(path, `the key ${showFound(path.at(-1))}`, allowed) }]
    }
    const unquoted =
      issue.code === 'invalid_type' &&
      issue.expected === 'string' &&
      ['number', 'boolean'].includes(typeof value)
    const allowed =
      unquoted && !issue.message.includes('quotes') ? `${issue.message}, in quotes` : issue.message
    return [{ at: path, problem: makeProblem(path, showFound(value), allowed) }]
  })
}
