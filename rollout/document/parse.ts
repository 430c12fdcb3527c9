import { checkAccounts } from './check-accounts.ts'
import { checkReplication } from './check-replication.ts'
import { checkSettings } from './check-settings.ts'
import { checkApprovals, checkStrategy } from './check-strategy.ts'
import { checkTargets } from './check-targets.ts'
import { checkTemplates } from './check-templates.ts'
import { checkFreezes } from './check-freezes.ts'
import { checkTests } from './check-tests.ts'
import { checkWatch } from './check-watch.ts'
import type { Check, LooseDocument } from './check.ts'
import { fillDocument } from './fill.ts'
import { problemsOf } from './issues.ts'
import { knownKeys } from './known-keys.ts'
import type { Path, Problem } from './problem.ts'
import { makeProblem, showFound, valueAt } from './problem.ts'
import { readData, readText } from './read-text.ts'
import { salvage } from './salvage.ts'
import type { WrittenDocument } from './schema.ts'
import { documentSchema } from './schema.ts'
import type { Document } from './types.ts'

export type { Problem } from './problem.ts'

export type ParsedDocument =
  | { readonly ok: true; readonly document: Document; readonly written: WrittenDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const mostProblems = 200

const checks: readonly Check[] = [
  checkAccounts,
  checkTargets,
  checkSettings,
  checkTemplates,
  checkReplication,
  checkStrategy,
  checkApprovals,
  checkTests,
  checkWatch,
  checkFreezes,
]

/**
 * A rollout document from text (YAML or JSON) or from data that was parsed already. Never throws: whatever is wrong is told
 * with its place, what was found and what is allowed, and everything at once. `written` is the document as it was given.
 */
export function parseDocument(input: unknown): ParsedDocument {
  const read = typeof input === 'string' ? readText(input) : readData(input)
  if (!read.ok) return read
  const { raw, lineOf } = read
  const parsed = documentSchema.safeParse(raw)
  const located = parsed.success ? [] : problemsOf(parsed.error.issues, raw, knownKeys)

  const sound = salvage(
    raw,
    located.map(({ at }) => at),
  )
  const across: { readonly at: Path; readonly problem: Problem }[] = []
  if (typeof sound === 'object' && sound !== null && !Array.isArray(sound)) {
    for (const check of checks)
      check(sound as LooseDocument, (path, allowed, found) => {
        across.push({ at: path, problem: makeProblem(path, found ?? showFound(valueAt(raw, path)), allowed) })
      })
  }
  // A rule across fields says nothing new about a field that is broken by itself, nor twice about one place.
  const broken = new Set(located.map(({ problem }) => problem.path))
  const said = new Set<string>()
  const all = [...located, ...across.filter(({ problem }) => !broken.has(problem.path))].filter(
    ({ problem }) => {
      const fresh = !said.has(problem.message)
      said.add(problem.message)
      return fresh
    },
  )
  if (parsed.success && all.length === 0)
    return { ok: true, document: fillDocument(parsed.data), written: raw as WrittenDocument }
  const problems = all.map(({ at, problem }) => {
    const line = lineOf(at)
    return line === undefined ? problem : { ...problem, line }
  })
  return { ok: false, problems: shorten(problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))) }
}

/** What nobody reads is counted only: a text that is no rollout document at all has thousands of problems. */
function shorten(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= mostProblems) return problems
  const rest = problems.length - mostProblems
  return [...problems.slice(0, mostProblems), makeProblem([], `${rest} more problems`, 'none')]
}

/** Problems as lines for a terminal: `7: endpoint.name: found …; allowed: …`. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems
    .map((problem) => (problem.line === undefined ? problem.message : `${problem.line}: ${problem.message}`))
    .join('\n')
}
