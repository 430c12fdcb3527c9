import { stringify } from 'yaml'
import type { z } from 'zod'

/** One key of a file that people write, as its schema knows it. */
export interface Field {
  /** From the root, `[]` for the entries of a list and `<name>` for names of one's own: `production.waves[][].region`. */
  readonly path: string
  readonly means: string
  /** What the parser says is allowed, in its own words. */
  readonly allowed: readonly string[]
  readonly required: boolean
  /** As it would be written. */
  readonly default?: string
  /** A field that was described before and has the same keys. */
  readonly sameAs?: string
}

interface Def {
  readonly type: string
  readonly innerType?: Node
  readonly element?: Node
  readonly keyType?: Node
  readonly valueType?: Node
  readonly options?: readonly Node[]
  readonly shape?: Readonly<Record<string, Node>>
  readonly defaultValue?: unknown
  readonly error?: unknown
  readonly values?: readonly unknown[]
  readonly entries?: Readonly<Record<string, unknown>>
  readonly checks?: readonly { readonly _zod: { readonly def: { readonly error?: unknown } } }[]
}

interface Node {
  readonly def: Def
  readonly description?: string
}

/** What stands around a schema: `optional`, defaults. */
interface Unwrapped {
  readonly node: Node
  readonly means: string
  readonly required: boolean
  readonly default?: string
}

/** Where a section, or a section with this very key, was described first. */
interface Seen {
  readonly sections: Map<Node, string>
  readonly keys: Map<Node, string>
}

/** Every field below a schema, in the order of the schema. Sections that come again are named, not repeated. */
export function fieldsOf(schema: z.ZodType): readonly Field[] {
  return below(schema as unknown as Node, '', { sections: new Map(), keys: new Map() })
}

function below(wrapped: Node, path: string, seen: Seen): readonly Field[] {
  const { node } = unwrap(wrapped)
  const { type, shape, element, valueType, options } = node.def
  if (type === 'object') {
    return Object.entries(shape ?? {}).flatMap(([key, child]) =>
      field(child, path === '' ? key : `${path}.${key}`, seen),
    )
  }
  if (type === 'array' && element) return below(element, `${path}[]`, seen)
  if (type === 'record' && valueType) return below(valueType, `${path}.<name>`, seen)
  if (type === 'union') return (options ?? []).flatMap((option) => below(option, path, seen))
  return []
}

function field(wrapped: Node, path: string, seen: Seen): readonly Field[] {
  const { node, means, required, default: standard } = unwrap(wrapped)
  const same = sameAs(node, seen)
  const own: Field = {
    path,
    means,
    allowed: allowedBy(node),
    required,
    ...(standard === undefined ? {} : { default: standard }),
    ...(same === undefined ? {} : { sameAs: same }),
  }
  if (same !== undefined) return [own]
  const inside = innermost(node)
  if (inside.def.type === 'object') {
    seen.sections.set(inside, path)
    for (const child of Object.values(inside.def.shape ?? {})) {
      if (!seen.keys.has(child)) seen.keys.set(child, path)
    }
  }
  return [own, ...below(node, path, seen)]
}

/** A section that is another one, or shares most of its keys with it. */
function sameAs(node: Node, { sections, keys }: Seen): string | undefined {
  const inside = innermost(node)
  if (inside.def.type !== 'object') return undefined
  const whole = sections.get(inside)
  if (whole !== undefined) return whole
  const children = Object.values(inside.def.shape ?? {})
  const shared = children.flatMap((child) => keys.get(child) ?? [])
  return children.length > 4 && shared.length >= children.length - 1 ? shared[0] : undefined
}

/** What a list of lists is made of. */
function innermost(node: Node): Node {
  return node.def.type === 'array' && node.def.element ? innermost(unwrap(node.def.element).node) : node
}

function unwrap(node: Node): Unwrapped {
  const { type, innerType, defaultValue } = node.def
  if (!innerType) return { node, means: node.description ?? '', required: true }
  const inner = unwrap(innerType)
  const means = node.description ?? inner.means
  const simple = type === 'default' || (type === 'prefault' && typeof defaultValue !== 'object')
  if (simple) return { ...inner, means, required: false, default: inline(defaultValue) }
  return { ...inner, means, required: false }
}

function allowedBy({ def }: Node): readonly string[] {
  const own = [def.error, ...(def.checks ?? []).map(({ _zod }) => _zod.def.error)].flatMap(say)
  if (own.length > 0) return [...new Set(own)]
  if (def.values) return [def.values.map((value) => `\`${String(value)}\``).join(' or ')]
  if (def.entries)
    return [
      Object.keys(def.entries)
        .map((value) => `\`${value}\``)
        .join(' or '),
    ]
  return []
}

/** zod keeps a message as a function of the issue. */
function say(error: unknown): readonly string[] {
  const said: unknown = typeof error === 'function' ? error({ code: 'custom', path: [], message: '' }) : error
  return typeof said === 'string' ? [said] : []
}

/** A value as YAML writes it within a line. */
export function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, defaultStringType: 'PLAIN' })
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
}
