import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
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
  const text = await readText(path)
  const parsed = parseDocument(text)
  if (parsed.ok) return { path, text, document: parsed.document }
  throw new CliFailure(
    exitCodes.usage,
    parsed.problems.map((problem) => writeProblem(path, problem)).join('\n'),
    {
      cure: 'docs/document.md describes every field; editors complete it by docs/reference/rollout.schema.json.',
      problem: { type: 'urn:sluice:problem:invalid-document', file: path, problems: parsed.problems },
    },
  )
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
