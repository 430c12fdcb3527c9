import type { Result } from './results.ts'
import type { Scenario } from './scenario.ts'

/** Counts of one kind on one path. */
interface Cell {
  readonly points: number
  readonly passed: number
  readonly failed: number
  /** Passed, but the moment never came. */
  readonly missed: number
}

const columns = ['good', 'rollback', 'abort', 'other'] as const

/** The matrix as a table of markdown: kinds by paths, each `passed / points`. */
export function summarize(points: readonly Scenario[], results: ReadonlyMap<string, Result>): string {
  const kinds = [...new Set(points.map(({ kind }) => kind))].toSorted()
  const cell = (kind: string | undefined, path: string | undefined): Cell => {
    const these = points.filter(
      (point) => (kind === undefined || point.kind === kind) && (path === undefined || point.path === path),
    )
    const ran = these.flatMap(({ id }) => results.get(id) ?? [])
    return {
      points: these.length,
      passed: ran.filter(({ passed }) => passed).length,
      failed: ran.filter(({ passed }) => !passed).length,
      missed: ran.filter(({ passed, reached }) => passed && !reached).length,
    }
  }
  const row = (title: string, kind: string | undefined): string => {
    const all = cell(kind, undefined)
    const cells = columns.map((path) => show(cell(kind, path)))
    return `| ${[title, ...cells, all.points, all.passed + all.failed, all.passed, all.missed].join(' | ')} |`
  }
  return [
    `| What is done to it | ${columns.join(' | ')} | points | run | passed | of these never came to it |`,
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...kinds.map((kind) => row(kind, kind)),
    row('**all**', undefined),
  ].join('\n')
}

function show({ points, passed }: Cell): string {
  return points === 0 ? '' : `${passed} / ${points}`
}
