import {
  type Document as YamlDocument,
  type LineCounter,
  type YAMLError,
  isMap,
  isNode,
  isScalar,
  isSeq,
} from 'yaml'
import type { Path } from './problem.ts'

/** What is wrong with the text itself. `offset` is the position in the text, from 0. */
export interface TextProblem {
  readonly path?: Path
  readonly found: string
  readonly allowed: string
  readonly offset: number
}

/** An error of the YAML parser in words for who wrote the text. */
export function explainYamlError({ code, message, pos }: YAMLError): TextProblem {
  const [offset] = pos
  const allowed = 'YAML 1.2 or JSON'
  if (code === 'MULTIPLE_DOCS')
    return { found: 'a second document', allowed: 'one document (no `---` after the first)', offset }
  // The parser turns an overflow of its own stack into an error of the text.
  if (/call stack/.test(message))
    return { found: 'more nesting than any document has', allowed: 'at most 40 levels', offset }
  return { found: (message.split('\n')[0] ?? 'unreadable text').slice(0, 200), allowed, offset }
}

/** Keys that stand twice in one section. */
export function findDuplicateKeys({ contents }: YamlDocument): readonly TextProblem[] {
  const found: TextProblem[] = []
  visitTree(contents, (node, path) => {
    if (!isMap(node)) return
    const seen = new Set<unknown>()
    for (const { key } of node.items) {
      if (!isScalar(key)) continue
      if (seen.has(key.value)) {
        const offset = key.range?.[0] ?? 0
        const at = [...path, String(key.value)]
        found.push({ path: at, found: 'the key a second time', allowed: 'every key once', offset })
      }
      seen.add(key.value)
    }
  })
  return found
}

/** Says in which line a path stands, or the nearest section around it that stands anywhere. */
export function indexLines(
  { contents }: YamlDocument,
  lines: LineCounter,
): (path: Path) => number | undefined {
  const offsets = new Map<string, number>()
  visitTree(contents, (node, path) => {
    if (isNode(node) && node.range) offsets.set(JSON.stringify(path), node.range[0])
  })
  return (path) => {
    for (let length = path.length; length >= 0; length -= 1) {
      const offset = offsets.get(JSON.stringify(path.slice(0, length)))
      if (offset !== undefined) return lines.linePos(offset).line
    }
    return undefined
  }
}

/** Every node with its path, aliases not followed. */
function visitTree(node: unknown, visit: (node: unknown, path: Path) => void, path: Path = []): void {
  visit(node, path)
  if (isMap(node))
    for (const { key, value } of node.items)
      visitTree(value, visit, [...path, isScalar(key) ? String(key.value) : '?'])
  if (isSeq(node)) node.items.forEach((item, index) => visitTree(item, visit, [...path, index]))
}
