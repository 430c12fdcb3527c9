import type { z } from 'zod'
import { fieldsOf, inline, type Field } from './fields.ts'

export interface SchemaPage {
  readonly title: string
  readonly intro: readonly string[]
  readonly schema: z.ZodType
  /** Parsed files in which each field that has an example occurs. */
  readonly examples: readonly unknown[]
}

/** The reference of a file that people write: every key with what it means, what is allowed, its default and an example. */
export function renderSchemaPage({ title, intro, schema, examples }: SchemaPage): string {
  const fields = fieldsOf(schema)
  const keys = fields.map((field) => renderField(field, exampleOf(field.path, examples)))
  return `${[`# ${title}`, ...intro, ...keys].join('\n\n')}\n`
}

function renderField({ path, means, allowed, required, default: standard, sameAs }: Field, example?: string) {
  const depth = path.includes('.') ? '###' : '##'
  const said = sentence(means)
  const allow = allowed.filter((text) => !text.startsWith('a section'))
  const lines = [
    ...(sameAs === undefined ? [] : [`- The keys of [\`${sameAs}\`](#${anchor(sameAs)})`]),
    ...(allow.length === 0 ? [] : [`- Allowed: ${allow.join('; ')}`]),
    standard === undefined ? `- ${required ? '**Required**' : 'Optional'}` : `- Default: \`${standard}\``,
    ...(example === undefined ? [] : [`- Example: \`${example}\``]),
  ]
  return [`${depth} ${escapeHtml(path)}`, ...(said === '' ? [] : [said]), lines.join('\n')].join('\n\n')
}

const sentence = (text: string): string =>
  text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.…]$/.test(text) ? '' : '.'}`

const escapeHtml = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** As GitHub and the site name the heading. */
const anchor = (path: string): string => path.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '')

/** The shortest that occurs; `key: value` as one would write it. */
function exampleOf(path: string, examples: readonly unknown[]): string | undefined {
  const parts = path.split(/\.|(?=\[\])/)
  const key = parts.at(-1)?.replaceAll(/[^\w$-]/g, '') ?? ''
  const found = examples
    .flatMap((example) => valuesAt(example, parts))
    .map((value) => inline({ [key]: value }))
  const shortest = found.toSorted((a, b) => a.length - b.length)[0]?.replace(/^\{ (.*) \}$/, '$1')
  return shortest === undefined || shortest.length > 90 || shortest.includes('`') ? undefined : shortest
}

function valuesAt(value: unknown, [part, ...rest]: readonly string[]): readonly unknown[] {
  if (part === undefined) return value === undefined ? [] : [value]
  if (part === '[]') return Array.isArray(value) ? value.flatMap((each) => valuesAt(each, rest)) : []
  if (typeof value !== 'object' || value === null) return []
  if (part === '<name>') return Object.values(value).flatMap((each) => valuesAt(each, rest))
  return Object.hasOwn(value, part) ? valuesAt((value as Record<string, unknown>)[part], rest) : []
}
