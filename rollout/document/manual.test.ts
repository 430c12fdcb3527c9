import { readFileSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { generateDocumentSchema } from './json-schema.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const manual = read('docs/document.md')

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly additionalProperties?: Schema | boolean
}

function keysIn(schema: Schema): readonly string[] {
  const { properties = {}, items, anyOf = [], additionalProperties: values } = schema
  const below = [...Object.values(properties), ...(items ? [items] : []), ...anyOf]
  return [
    ...Object.keys(properties),
    ...[...below, ...(typeof values === 'object' ? [values] : [])].flatMap(keysIn),
  ]
}

it('the manual names every key of the document', () => {
  const keys = new Set(keysIn(JSON.parse(generateDocumentSchema().content) as Schema))
  expect(keys.size).toBeGreaterThan(80)
  const missing = [...keys].filter(
    (key) => !new RegExp(`\\b${key.replace('$', '\\$')}\\b`.replace('\\b\\$', '\\$')).test(manual),
  )
  expect(missing).toEqual([])
})

it('every example that the manual links to exists, and none is left out', () => {
  const linked = [...manual.matchAll(/\.\.\/examples\/([\w-]+\.yaml)/g)].map(([, name]) => name)
  const there = readdirSync(new URL('../../examples/', import.meta.url)).filter((name) =>
    name.endsWith('.yaml'),
  )
  expect(new Set(linked)).toEqual(new Set(there))
})
