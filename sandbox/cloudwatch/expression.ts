import { ExpressionError, parseExpression, type Node } from './parse-expression.ts'

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
  const value = run(parseExpression(text), scope)
  if (typeof value === 'number') return perPeriod(scope, () => (Number.isNaN(value) ? undefined : value))
  if (isSeries(value)) return value
  throw new ExpressionError(`the expression '${text}' gives several series; the sandbox answers one`)
}
