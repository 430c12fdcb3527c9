/** A metric math expression that cannot be read, or uses what the sandbox does not know. */
export class ExpressionError extends Error {}

/** A metric math expression, read. */
export type Node =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'call'; readonly name: string; readonly items: readonly Node[] }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Node; readonly right: Node }

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(<=|>=|==|!=|&&|\|\||[-+*/^()[\],<>]))/y
const LEVELS: readonly (readonly string[])[] = [
  ['OR', '||'],
  ['AND', '&&'],
  ['==', '!=', '<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/'],
  ['^'],
]

const tokensOf = (text: string): string[] => {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match)
      throw new ExpressionError(`Error in expression '${text}': unexpected '${text.slice(at, at + 10)}'`)
    tokens.push(match[1] ?? match[2] ?? match[3]!)
  }
  return tokens
}

/** Reads an expression. Throws `ExpressionError`. */
export const parseExpression = (text: string): Node => {
  const tokens = tokensOf(text)
  let at = 0
  const fail = (wanted: string): never => {
    throw new ExpressionError(
      `Error in expression '${text}': expected ${wanted}, found '${tokens[at] ?? 'the end'}'`,
    )
  }
  const eat = (token: string) => (tokens[at] === token ? ++at : fail(`'${token}'`))
  const list = (end: string): Node[] => {
    const items: Node[] = []
    while (tokens[at] !== end) {
      items.push(binary(0))
      if (tokens[at] !== end) eat(',')
    }
    eat(end)
    return items
  }
  const unit = (): Node => {
    const token = tokens[at]
    if (token === undefined) return fail('a metric or a number')
    at++
    if (token === '-')
      return { kind: 'binary', operator: '*', left: { kind: 'number', value: -1 }, right: unit() }
    if (token === '[') return { kind: 'list', items: list(']') }
    if (token === '(') {
      const inner = binary(0)
      eat(')')
      return inner
    }
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) }
    if (!/^[A-Za-z_]/.test(token)) {
      at--
      return fail('a metric or a number')
    }
    if (tokens[at] !== '(') return { kind: 'name', name: token }
    at++
    return { kind: 'call', name: token.toUpperCase(), items: list(')') }
  }
  const binary = (level: number): Node => {
    const operators = LEVELS[level]
    if (!operators) return unit()
    let left = binary(level + 1)
    while (tokens[at] !== undefined && operators.includes(tokens[at]!)) {
      left = { kind: 'binary', operator: tokens[at++]!, left, right: binary(level + 1) }
    }
    return left
  }
  const node = binary(0)
  return at < tokens.length ? fail('the end') : node
}

/** Reads the expression and finds the ids it names, without computing it. */
export const idsIn = (text: string): readonly string[] => {
  const found = new Set<string>()
  const walk = (node: Node): void => {
    if (node.kind === 'name' && node.name !== 'REPEAT') found.add(node.name)
    if (node.kind === 'list' || node.kind === 'call') node.items.forEach(walk)
    if (node.kind === 'binary') [node.left, node.right].forEach(walk)
  }
  walk(parseExpression(text))
  return [...found]
}
