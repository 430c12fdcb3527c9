import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Machine } from './machine.ts'

/** One table of a result: what is printed, kept as JSON, and shown in docs/performance.md. */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
  /** What a reader must know to read it. */
  readonly note?: string
}

/** What was hoped for, and what came out; a missed aim is told, not asserted. */
export interface Aim {
  readonly aim: string
  readonly found: string
  readonly met: boolean
}

/** What one bench found. */
export interface Findings {
  readonly tables: readonly Table[]
  readonly aims: readonly Aim[]
}

/** How a bench is run. */
export interface BenchOptions {
  /** Small sizes: shows that it works, and says nothing. */
  readonly quick: boolean
  /** Instead of the bench's own sizes, where it has some. */
  readonly sizes?: readonly number[] | undefined
  /** Told of what goes on, a line at a time. */
  readonly say: (line: string) => void
}

export type Bench = (options: BenchOptions) => Promise<Findings>

/** The findings as text for a terminal. */
export function renderFindings({ tables, aims }: Findings): string {
  const lines = tables.flatMap((table) => [
    '',
    table.title,
    ...renderTable(table),
    ...(table.note === undefined ? [] : ['', table.note]),
  ])
  const told = aims.map(({ aim, found, met }) => `${met ? 'met   ' : 'MISSED'}  ${aim}: ${found}`)
  return [...lines, ...(told.length > 0 ? ['', ...told] : []), ''].join('\n')
}

/** Columns padded to their widest cell; numbers to the right. */
function renderTable({ columns, rows }: Table): readonly string[] {
  const cells = [columns, ...rows.map((row) => row.map(renderCell))]
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)))
  const numeric = columns.map((_, index) => rows.every((row) => typeof row[index] === 'number'))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) =>
        numeric[index] ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return [line(columns), widths.map((width) => '─'.repeat(width)).join('  '), ...cells.slice(1).map(line)]
}

/** At most three digits that matter, and thousands apart. */
export function renderCell(cell: string | number): string {
  if (typeof cell === 'string') return cell
  const digits = Math.abs(cell) >= 100 || Number.isInteger(cell) ? 0 : Math.abs(cell) >= 10 ? 1 : 2
  return cell.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: digits })
}

/** The same as a table of Markdown. */
export function toMarkdown({ title, columns, rows, note }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = columns.map((_, index) =>
    rows.every((row) => typeof row[index] === 'number') ? '--:' : '---',
  )
  const body = [line(columns), line(rule), ...rows.map((row) => line(row.map(renderCell)))].join('\n')
  return [`**${title}**`, body, ...(note === undefined ? [] : [note])].join('\n\n')
}

/** What was hoped for and what came out, as a list of Markdown. */
export function renderAims(aims: readonly Aim[]): string {
  return aims.map(({ aim, found, met }) => `- ${met ? 'met' : '**missed**'}: ${aim}: ${found}`).join('\n')
}

const folder = fileURLToPath(new URL('../results/', import.meta.url))

/** Keeps the findings as `bench/results/<name>.json`. Returns the path below the project. */
export async function keepFindings(name: string, machine: Machine, findings: Findings): Promise<string> {
  await mkdir(folder, { recursive: true })
  const result = { bench: name, measured: new Date().toISOString().slice(0, 10), machine, ...findings }
  await writeFile(`${folder}${name}.json`, `${JSON.stringify(result, null, 2)}\n`)
  return `bench/results/${name}.json`
}

/** What was kept, bench by bench. */
export async function readFindings(): Promise<readonly (Findings & { readonly bench: string })[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted()
  const texts = await Promise.all(names.map((name) => readFile(`${folder}${name}`, 'utf8')))
  return texts.map((text) => JSON.parse(text) as Findings & { bench: string })
}
