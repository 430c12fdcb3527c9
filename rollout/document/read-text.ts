import { LineCounter, isNode, parseDocument as parseYaml } from 'yaml'
import type { Path, Problem } from './problem.ts'
import { makeProblem } from './problem.ts'

const megabyte = 1_048_576
const deepest = 40

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
      problems.push(
        makeProblem(path.slice(0, 5), 'more nesting than any document has', `at most ${deepest} levels`),
      )
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

/** YAML 1.2 or JSON text as plain data. Duplicate keys, unknown tags, alias bombs and texts above 1 MiB are refused. */
export function readText(text: string): ReadText {
  if (text.length > megabyte) return refuse(`${text.length} characters`, 'at most 1 MiB')
  const lines = new LineCounter()
  try {
    const yaml = parseYaml(text, {
      lineCounter: lines,
      uniqueKeys: true,
      prettyErrors: false,
      schema: 'core',
    })
    const wrong = [...yaml.errors, ...yaml.warnings]
    if (wrong.length > 0) {
      return {
        ok: false,
        problems: wrong.slice(0, 20).map((error) => ({
          ...makeProblem(
            [],
            (error.message.split('\n')[0] ?? 'unreadable text').slice(0, 200),
            'YAML 1.2 or JSON, one document, every key once',
          ),
          line: lines.linePos(error.pos[0]).line,
        })),
      }
    }
    const raw: unknown = yaml.toJS({ maxAliasCount: 100 })
    const shape = refuseShape(raw)
    const lineOf = (path: Path): number | undefined => {
      for (let length = path.length; length >= 0; length -= 1) {
        const node = length === 0 ? yaml.contents : yaml.getIn(path.slice(0, length), true)
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
      }
      return undefined
    }
    return shape.length > 0 ? { ok: false, problems: shape } : { ok: true, raw, lineOf }
  } catch (error) {
    return refuse(
      `text that cannot be read (${error instanceof Error ? error.message.slice(0, 120) : 'unknown'})`,
      'YAML 1.2 or JSON without excessive nesting or aliases',
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
