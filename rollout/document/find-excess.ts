import { CST, Lexer } from 'yaml'

/** More than any document needs, and far less than what exhausts the stack of a recursive parser. */
const deepest = 100
/** Spaces at the start of a line; every level of a block needs one. */
const widest = 200
/** Five times what a document of 200 targets needs. Parts of the parser take time by the square of this. */
const mostTokens = 50_000
const mostOf: Partial<Record<CST.TokenType, number>> = {
  alias: 100,
  anchor: 100,
  tag: 100,
  'directive-line': 10,
}

/** What the lexer puts between the tokens, which is not in the text. */
const marks: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR])

/** What a text has too much of, and in which line. */
export interface Excess {
  readonly found: string
  readonly allowed: string
  readonly line: number
}

/**
 * Whether parsing a text would cost too much. The parser of YAML is recursive: half a megabyte of `[` ends the whole process, and
 * nothing can catch that; a hundred thousand aliases take it minutes. Its lexer is neither, and takes the text apart as
 * the parser will.
 */
export function findExcess(text: string): Excess | undefined {
  let flow = 0
  /** Indicators that may nest: of one line, or inside brackets of one entry. */
  let run = 0
  let taken = 0
  let tokens = 0
  let startsLine = true
  const counts: Partial<Record<CST.TokenType, number>> = {}
  const excess = (found: string, allowed: string): Excess => ({
    found,
    allowed,
    line: text.slice(0, taken).split('\n').length,
  })
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token)
    if (type === 'flow-map-start' || type === 'flow-seq-start') flow += 1
    if (type === 'flow-map-end' || type === 'flow-seq-end') flow = Math.max(0, flow - 1)
    if (type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'map-value-ind') run += 1
    else if (type === 'newline' ? flow === 0 : type === 'comma' || type?.startsWith('flow-')) run = 0
    const indented = startsLine && type === 'space' && token.length > widest
    if (flow > deepest || run > deepest || indented) {
      return excess('more nesting than any document has', 'at most 40 levels')
    }
    if ((tokens += 1) > mostTokens) {
      return excess('more keys and values than any document has', `at most ${mostTokens} parts of YAML`)
    }
    const most = type === null ? undefined : mostOf[type]
    if (type !== null && most !== undefined) {
      const count = (counts[type] = (counts[type] ?? 0) + 1)
      if (count > most) return excess(`more than ${most} of one kind (${type})`, `at most ${most}`)
    }
    startsLine = type === 'newline'
    if (!marks.has(token)) taken += token.length
  }
  return undefined
}
