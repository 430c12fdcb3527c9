import { LineCounter, parseDocument as parseYaml } from 'yaml'
import { findExcess } from './find-excess.ts'
import type { Path, Problem } from './problem.ts'
import { makeProblem } from './problem.ts'
import { type TextProblem, explainYamlError, findDuplicateKeys, indexLines } from './yaml-tree.ts'

const megabyte = 1_048_576
const deepest = 40
const tooDeep = 'more nesting than any document has'

export type ReadText =
  | { readonly ok: true; readonly raw: unknown; readonly lineOf: (path: Path) => number | undefined }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const refuse = (found: string, allowed: string, line?: number): ReadText => ({
  ok: false,
  problems: [{ ...makeProblem([], found, allowed), ...(line === undefined ? {} : { line }) }],
})

/** Keys that JavaScript gives a meaning of its own, and nesting that no document has. */
function refuseShape(raw: unknown): Problem[] {
  const problems: Problem[] = []
  const visit = (value: unknown, path: Path): void => {
    if (typeof value !== 'object' || value === null || problems.length > 20) return
    if (path.length > deepest) {
      problems.push(makeProblem(path.slice(0, 5), tooDeep, `at most ${deepest} levels`))
      return
    }
    for (const key of Object.keys(value)) {
      const at = [...path, Array.isArray(value) ? Number(key) : key]
      if (key === '__proto__' || key === 'constructor' || key === 'prototype')
        problems.push(makeProblem(at, 'a key that is reserved', 'any other key'))
      else visit((value as Record<string, unknown>)[key], at)
    }
  }
  visit(raw, [])
  return problems
}

/** The first of each kind: one mistake makes a parser stumble many times. */
function distinct(problems: readonly TextProblem[]): readonly TextProblem[] {
  const said = new Set<string>()
  return problems
    .filter(({ path, found }) => {
      const kind = JSON.stringify([path, found])
      return !said.has(kind) && said.add(kind)
    })
    .slice(0, 20)
}

/**
 * YAML 1.2 or JSON text as plain data. Duplicate keys, unknown tags, alias bombs, and texts of more than 1 MiB or more
 * parts than any document has are refused, in a time that grows no faster than the text.
 */
export function readText(text: string): ReadText {
  if (text.length > megabyte) return refuse(`${text.length} characters`, 'at most 1 MiB')
  const lines = new LineCounter()
  try {
    const excess = findExcess(text)
    if (excess) return refuse(excess.found, excess.allowed, excess.line)
    const yaml = parseYaml(text, {
      lineCounter: lines,
      // Looked for below: yaml compares every key with every other one, and does not say which it was.
      uniqueKeys: false,
      prettyErrors: false,
      schema: 'core',
    })
    const wrong = [...yaml.errors, ...yaml.warnings].map(explainYamlError)
    const problems = wrong.length > 0 ? wrong : findDuplicateKeys(yaml)
    if (problems.length > 0) {
      return {
        ok: false,
        problems: distinct(problems).map(({ path = [], found, allowed, offset }) => ({
          ...makeProblem(path, found, allowed),
          line: lines.linePos(offset).line,
        })),
      }
    }
    const raw: unknown = yaml.toJS({ maxAliasCount: 100 })
    const shape = refuseShape(raw)
    return shape.length > 0
      ? { ok: false, problems: shape }
      : { ok: true, raw, lineOf: indexLines(yaml, lines) }
  } catch (error) {
    return error instanceof RangeError
      ? refuse(tooDeep, `at most ${deepest} levels`)
      : refuse(
          `text that cannot be read (${error instanceof Error ? error.message.slice(0, 120) : 'unknown'})`,
          'YAML 1.2 or JSON without excessive aliases',
        )
  }
}

/** Data that was parsed elsewhere, under the same limits. */
export function readData(raw: unknown): ReadText {
  try {
    const text = JSON.stringify(raw)
    if (text === undefined) return refuse(typeof raw, 'a rollout document')
    if (text.length > megabyte) return refuse(`${text.length} characters`, 'at most 1 MiB')
    // Through JSON, so that what is checked is what will be kept.
    const plain: unknown = JSON.parse(text)
    const shape = refuseShape(plain)
    return shape.length > 0
      ? { ok: false, problems: shape }
      : { ok: true, raw: plain, lineOf: () => undefined }
  } catch {
    return refuse('data that is no JSON', 'a rollout document')
  }
}
