import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { parseCalendar } from '../rollout/calendar/parse.ts'
import type { Freeze } from '../rollout/calendar/types.ts'
import { parseDocument, type Problem } from '../rollout/document/parse.ts'
import type { Document } from '../rollout/document/types.ts'
import { exitCodes } from '../rollout/outcome.ts'
import { CliFailure } from './failure.ts'

/** A document as it stands in its file. */
export interface DocumentFile {
  readonly path: string
  readonly text: string
  readonly document: Document
}

/**
 * Reads and checks a document; `-` is stdin.
 * @throws CliFailure with every problem as `file:line: path: message`
 */
export async function readDocumentFile(path: string): Promise<DocumentFile> {
  return checkDocument(path, await readText(path))
}

/** What `lint` checks: a rollout document, or a calendar of freezes. */
export interface Lintable {
  /** What it is, in a few words. */
  readonly summary: string
  readonly content: { readonly document: Document } | { readonly freezes: readonly Freeze[] }
}

/**
 * Reads and checks a document or a calendar, whichever its `kind` says.
 * @throws CliFailure with every problem as `file:line: path: message`
 */
export async function readLintable(path: string): Promise<Lintable> {
  const text = await readText(path)
  if (/^\s*"?kind"?\s*:\s*["']?Calendar\b/m.test(text)) {
    const parsed = parseCalendar(text)
    if (!parsed.ok) throw wrong(path, parsed.problems, 'calendar')
    return {
      summary: `calendar, ${parsed.freezes.length} ${parsed.freezes.length === 1 ? 'freeze' : 'freezes'}`,
      content: { freezes: parsed.freezes },
    }
  }
  const { document } = checkDocument(path, text)
  const count = document.production.waves.flat().length
  return {
    summary: `${document.name}, ${count} ${count === 1 ? 'target' : 'targets'}`,
    content: { document },
  }
}

function checkDocument(path: string, text: string): DocumentFile {
  const parsed = parseDocument(text)
  if (parsed.ok) return { path, text, document: parsed.document }
  throw wrong(path, parsed.problems, 'rollout')
}

function wrong(path: string, problems: readonly Problem[], schema: 'rollout' | 'calendar'): CliFailure {
  return new CliFailure(exitCodes.usage, problems.map((problem) => writeProblem(path, problem)).join('\n'), {
    cure: `docs/reference/${schema === 'rollout' ? 'document' : schema}.md describes every field; editors complete it by docs/reference/${schema}.schema.json.`,
    problem: { type: 'urn:sluice:problem:invalid-document', file: path, problems },
  })
}

function writeProblem(path: string, { line, message }: Problem): string {
  return `${path === '-' ? 'stdin' : path}:${line === undefined ? '' : `${line}:`} ${message}`
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a folder, and no file',
  EACCES: 'this file may not be read',
}

async function readText(path: string): Promise<string> {
  try {
    return path === '-' ? await readAll(process.stdin) : await readFile(path, 'utf8')
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new CliFailure(exitCodes.usage, `${path}: ${unreadable[code] ?? message}`, {
      cure: 'Name a rollout document, or - for stdin; examples/ has some to begin with.',
    })
  }
}
