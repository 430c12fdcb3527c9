/** One thing that is wrong with a document, with its place. */
export interface Problem {
  /** `production.waves[1][0].region`; empty for the document as a whole. */
  readonly path: string
  readonly found: string
  readonly allowed: string
  /** All of it in one sentence. */
  readonly message: string
  /** From 1; only when the document came as text. */
  readonly line?: number
}

export type Path = readonly (string | number)[]

/** `['production', 'waves', 1, 0, 'region']` → `production.waves[1][0].region`. */
export function writePath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      if (!/^[A-Za-z_$][\w$-]*$/.test(part)) return `[${JSON.stringify(part.slice(0, 60))}]`
      const name = part.slice(0, 60)
      return index === 0 ? name : `.${name}`
    })
    .join('')
}

/** The value at a path, or undefined where it leads nowhere. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}

/** A found value as people would write it, cut short. */
export function showFound(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value)
    if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
    return keys.length === 0
      ? 'an empty section'
      : `a section with ${keys.slice(0, 5).join(', ').slice(0, 60)}`
  }
  const written = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return written.length > 80 ? `${written.slice(0, 77)}…` : written
}

export function makeProblem(path: Path, found: string, allowed: string): Problem {
  const place = writePath(path)
  return {
    path: place,
    found,
    allowed,
    message: `${place || 'the document'}: found ${found}; allowed: ${allowed}`,
  }
}
