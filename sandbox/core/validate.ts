import { shapeOf, type ServiceModel, type Shape } from '../models/model.ts'

/** One broken constraint: where, what was found, and the rule in AWS's words. */
export interface Violation {
  readonly path: string
  /** As AWS prints it: `null`, a bare value, `[a, b]`. */
  readonly found: string
  readonly constraint: string
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

const print = (value: unknown): string => {
  if (value === undefined || value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`
  if (Buffer.isBuffer(value)) return `(${value.length} bytes)`
  if (typeof value === 'object') {
    const entries = Object.entries(value).map(([key, inner]) => `${key}=${print(inner)}`)
    return `{${entries.join(', ')}}`
  }
  return String(value)
}

const patterns = new Map<string, RegExp>()

// Java and Ruby spellings that JavaScript reads differently or not at all.
const DIALECT: readonly (readonly [RegExp, string])[] = [
  [/\[\\p\{Print\}\]/g, '[\\x20-\\x7E]'],
  [/\\p\{Print\}/g, '[\\x20-\\x7E]'],
  [/\\A/g, '^'],
  [/\\z/g, '$'],
  [/\$\{\d+,\d+\}/g, '$'],
]

/** Service models hold Java patterns that must match the whole text. */
export const compilePattern = (pattern: string): RegExp => {
  const known = patterns.get(pattern)
  if (known) return known
  const insensitive = pattern.startsWith('(?i)')
  const portable = DIALECT.reduce(
    (text, [from, to]) => text.replace(from, () => to),
    insensitive ? pattern.slice(4) : pattern,
  )
  const source = `^(?:${portable})$`
  const flags = insensitive ? 'i' : ''
  let compiled: RegExp
  try {
    compiled = new RegExp(source, `u${flags}`)
  } catch (error) {
    if (/\\p\{/.test(source)) throw error
    compiled = new RegExp(source, flags)
  }
  patterns.set(pattern, compiled)
  return compiled
}

const sizeRule = (shape: Shape, size: number, word: 'length' | 'value'): string | undefined => {
  if (shape.min !== undefined && size < shape.min)
    return `Member must have ${word} greater than or equal to ${shape.min}`
  if (shape.max !== undefined && size > shape.max)
    return `Member must have ${word} less than or equal to ${shape.max}`
  return undefined
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  long: (value) => Number.isInteger(value),
  float: (value) =>
    typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity',
  double: (value) =>
    typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity',
  timestamp: (value) => typeof value === 'number' || typeof value === 'string' || value instanceof Date,
  blob: (value) => typeof value === 'string' || Buffer.isBuffer(value),
  list: (value) => Array.isArray(value),
  map: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  structure: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

/**
 * Checks a decoded request against the constraints of its service model: required and unknown members, types, lengths,
 * ranges, patterns, enums, list and map sizes, unions; recursive. Returns every violation, in the order of the request.
 */
export const findViolations = (
  model: ServiceModel,
  inputShape: string,
  input: unknown,
): readonly Violation[] => {
  const found: Violation[] = []
  const add = (path: string, value: unknown, constraint: string) =>
    found.push({ path, found: print(value), constraint })

  const checkString = (shape: Shape, value: string, path: string) => {
    const size = sizeRule(shape, value.length, 'length')
    if (size) add(path, value, size)
    if (shape.pattern && !compilePattern(shape.pattern).test(value)) {
      add(path, value, `Member must satisfy regular expression pattern: ${shape.pattern}`)
    }
    if (shape.enum && !shape.enum.includes(value)) {
      add(path, value, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`)
    }
  }

  const checkStructure = (shape: Shape, value: Record<string, unknown>, path: string) => {
    const at = (name: string) => (path ? `${path}.${lowerFirst(name)}` : lowerFirst(name))
    const members = shape.members ?? {}
    for (const name of shape.required ?? []) {
      if (value[name] === undefined || value[name] === null) add(at(name), null, 'Member must not be null')
    }
    const given = Object.keys(value).filter((name) => value[name] !== undefined && value[name] !== null)
    for (const name of given) {
      const ref = members[name]
      if (ref) check(ref.shape, value[name], at(name))
      else add(at(name), value[name], `Member must be one of [${Object.keys(members).join(', ')}]`)
    }
    if (shape.union && given.length !== 1)
      add(path, value, 'Member must have exactly one member of the union set')
  }

  const check = (name: string, value: unknown, path: string): void => {
    const shape = shapeOf(model, name)
    if (shape.document) return
    if (!TYPES[shape.type]?.(value))
      return (add(path, value, `Member must be of type ${shape.type}`), undefined)
    switch (shape.type) {
      case 'string':
        return checkString(shape, value as string, path)
      case 'blob': {
        const length = Buffer.isBuffer(value) ? value.length : Buffer.byteLength(value as string, 'base64')
        const size = sizeRule(shape, length, 'length')
        if (size) add(path, `(${length} bytes)`, size)
        return
      }
      case 'integer':
      case 'long':
      case 'float':
      case 'double': {
        const size = sizeRule(shape, Number(value), 'value')
        if (size) add(path, value, size)
        return
      }
      case 'list': {
        const items = value as unknown[]
        const size = sizeRule(shape, items.length, 'length')
        if (size) add(path, value, size)
        items.forEach((item, index) => check(shape.member!.shape, item, `${path}.${index + 1}.member`))
        return
      }
      case 'map': {
        const entries = Object.entries(value as Record<string, unknown>)
        const size = sizeRule(shape, entries.length, 'length')
        if (size) add(path, value, size)
        for (const [key, inner] of entries) {
          check(shape.key!.shape, key, `${path}.${key}.key`)
          check(shape.value!.shape, inner, `${path}.${key}.member`)
        }
        return
      }
      case 'structure':
        return checkStructure(shape, value as Record<string, unknown>, path)
    }
  }

  check(inputShape, input, '')
  return found
}

/** The text of most AWS services: `1 validation error detected: Value 'x' at 'name' failed to satisfy constraint: …`. */
export const describeViolations = (violations: readonly Violation[]): string => {
  const one = ({ path, found, constraint }: Violation) =>
    `Value ${found === 'null' ? 'null' : `'${found}'`} at '${path}' failed to satisfy constraint: ${constraint}`
  const count = violations.length
  return `${count} validation error${count === 1 ? '' : 's'} detected: ${violations.map(one).join('; ')}`
}
