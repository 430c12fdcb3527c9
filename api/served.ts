import type { Served } from './answers.ts'

/** A rollout that committed at a target. */
export interface Commit {
  readonly id: string
  readonly package: string
  readonly since: string
  /** The committed rollout that it took back. */
  readonly undoes?: string
}

/**
 * What served when, from the commits, newest first. One that was an undo brought back what served before the rollout that it
 * undid.
 */
export function toServed(commits: readonly Commit[]): readonly Served[] {
  const served: Served[] = []
  for (const commit of commits.toReversed()) {
    const last = served.at(-1)
    if (last) served[served.length - 1] = { ...last, until: commit.since }
    served.push(describe(commit, served))
  }
  return served.toReversed()
}

function describe(commit: Commit, before: readonly Served[]): Served {
  const { id, since: from, undoes } = commit
  if (undoes === undefined) return { package: commit.package, from, rollout: id }
  const undone = before.findIndex(({ rollout, undo }) => rollout === undoes && undo === undefined)
  const previous = before[undone - 1]
  return { package: previous?.package ?? null, from, rollout: previous?.rollout ?? id, undo: id }
}
