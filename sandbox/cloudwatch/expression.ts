/** A time series by the start of its periods (ms); a period without data is absent. */
export type Series = ReadonlyMap<number, number>
/** What an expression works on: a number, one series, or several (`METRICS()`, `[a, b]`). */
type Value = number | Series | readonly Series[]

/** The surroundings of an expression: the series it may name, and the periods of the request. */
export interface Scope {
  readonly series: ReadonlyMap<string, Series>
  readonly periods: readonly number[]
  readonly periodSeconds: number
}

/** A metric math expression that cannot be read, or uses what the sandbox does not know. */
export class ExpressionError extends Error {}

type Node =
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

const parse = (text: string): Node => {
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

const apply = (operator: string, a: number, b: number): number | undefined => {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return b === 0 ? undefined : a / b
    case '^':
      return a ** b
    case '<':
      return Number(a < b)
    case '>':
      return Number(a > b)
    case '<=':
      return Number(a <= b)
    case '>=':
      return Number(a >= b)
    case '==':
      return Number(a === b)
    case '!=':
      return Number(a !== b)
    case 'AND':
    case '&&':
      return Number(a !== 0 && b !== 0)
    default:
      return Number(a !== 0 || b !== 0)
  }
}

const isSeries = (value: Value): value is Series => value instanceof Map
const pick = (value: Value, at: number): number | undefined =>
  typeof value === 'number' ? value : isSeries(value) ? value.get(at) : undefined

const REDUCERS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((total, value) => total + value, 0),
  AVG: (values) => values.reduce((total, value) => total + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
}
const MAPPERS: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
}

/** Builds a series out of what `at` says for each period. */
const perPeriod = (scope: Scope, at: (period: number) => number | undefined): Series =>
  new Map(
    scope.periods.flatMap((period) => (at(period) === undefined ? [] : [[period, at(period)!] as const])),
  )

const fill = (scope: Scope, series: Value, filler: Node): Series => {
  let last: number | undefined
  return perPeriod(scope, (period) => {
    const value = pick(series, period)
    if (filler.kind === 'name' && filler.name === 'REPEAT') return (last = value ?? last)
    return value ?? pick(run(filler, scope), period)
  })
}

const call = (name: string, items: readonly Node[], scope: Scope): Value => {
  const [first, second, third] = items
  if (name === 'METRICS') return [...scope.series.values()]
  if (name === 'PERIOD') return scope.periodSeconds
  if (name === 'IF' && first && second && third) {
    const [condition, yes, no] = [run(first, scope), run(second, scope), run(third, scope)]
    return perPeriod(scope, (period) => {
      const met = pick(condition, period)
      return met === undefined ? undefined : pick(met === 0 ? no : yes, period)
    })
  }
  if (name === 'FILL' && first && second) return fill(scope, run(first, scope), second)
  const map = MAPPERS[name]
  if (map && first) {
    const value = run(first, scope)
    if (typeof value === 'number') return map(value)
    return perPeriod(scope, (period) => {
      const found = pick(value, period)
      return found === undefined ? undefined : map(found)
    })
  }
  const reduce = REDUCERS[name]
  if (reduce && first) {
    const value = run(first, scope)
    if (typeof value === 'number') return value
    if (isSeries(value)) return value.size ? reduce([...value.values()]) : new Map()
    return perPeriod(scope, (period) => {
      const found = value.flatMap((series) => series.get(period) ?? [])
      return found.length ? reduce(found) : undefined
    })
  }
  throw new ExpressionError(
    `the sandbox does not know ${name} with ${items.length} arguments; it knows IF, FILL, SUM, AVG, MIN, MAX, ABS, CEIL, FLOOR, PERIOD, METRICS`,
  )
}

const run = (node: Node, scope: Scope): Value => {
  switch (node.kind) {
    case 'number':
      return node.value
    case 'name': {
      const series = scope.series.get(node.name)
      if (!series)
        throw new ExpressionError(`Invalid metrics list: expression refers to unknown id '${node.name}'`)
      return series
    }
    case 'list':
      return node.items.map((item) => run(item, scope)).filter(isSeries)
    case 'call':
      return call(node.name, node.items, scope)
    case 'binary': {
      const [left, right] = [run(node.left, scope), run(node.right, scope)]
      if (typeof left === 'number' && typeof right === 'number')
        return apply(node.operator, left, right) ?? Number.NaN
      return perPeriod(scope, (period) => {
        const [a, b] = [pick(left, period), pick(right, period)]
        return a === undefined || b === undefined ? undefined : apply(node.operator, a, b)
      })
    }
  }
}

/** Computes a metric math expression for every period of the scope; a bare number becomes a constant series. */
export const compute = (text: string, scope: Scope): Series => {
  const value = run(parse(text), scope)
  if (typeof value === 'number') return perPeriod(scope, () => (Number.isNaN(value) ? undefined : value))
  if (isSeries(value)) return value
  throw new ExpressionError(`the expression '${text}' gives several series; the sandbox answers one`)
}

/** Reads the expression and finds the ids it names, without computing it. */
export const idsIn = (text: string): readonly string[] => {
  const found = new Set<string>()
  const walk = (node: Node): void => {
    if (node.kind === 'name' && node.name !== 'REPEAT') found.add(node.name)
    if (node.kind === 'list' || node.kind === 'call') node.items.forEach(walk)
    if (node.kind === 'binary') [node.left, node.right].forEach(walk)
  }
  walk(parse(text))
  return [...found]
}
