import { describe, expect, test } from 'vitest'
import { problems } from '../errors.ts'
import { describeApi } from './describe.ts'
import { operations } from './operations.ts'

interface Described {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, any>>>>
  readonly components: { readonly schemas: Readonly<Record<string, any>> }
}

const api = describeApi() as unknown as Described

describe('the OpenAPI description', () => {
  test('has every reference that it uses', () => {
    const used = [...JSON.stringify(api).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
    expect(used.length).toBeGreaterThan(20)
    expect(Object.keys(api.components.schemas)).toEqual(expect.arrayContaining([...new Set(used)]))
  })

  test('names every parameter that stands in a path', () => {
    for (const [path, methods] of Object.entries(api.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const operation of Object.values(methods)) {
        const described = (operation.parameters ?? [])
          .filter((one: any) => one.in === 'path')
          .map((one: any) => one.name)
        expect(described).toEqual(inPath)
      }
    }
  })

  test('gives every operation an id of its own', () => {
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length)
  })

  test('lists under its status each problem that an operation can answer', () => {
    const start = api.paths['/v1/rollouts']?.post
    expect(start.responses['409'].description).toContain('urn:sluice:problem:idempotency-key-reused')
    expect(start.responses['409'].description).toContain('urn:sluice:problem:target-busy')
    expect(Object.keys(start.requestBody.content)).toEqual(['application/json', 'application/yaml'])
  })

  test('mentions every problem of the closed list', () => {
    const text = JSON.stringify(api)
    const nowhere = Object.keys(problems).filter((name) => !text.includes(`urn:sluice:problem:${name}\``))
    // These two answer paths and methods that are not described.
    expect(nowhere).toEqual(['not-found', 'method-not-allowed'])
  })

  test('describes the document as the parser takes it', () => {
    const document = api.components.schemas.RolloutDocument
    expect(document.required).toEqual(
      expect.arrayContaining(['apiVersion', 'kind', 'name', 'model', 'production']),
    )
    expect(document.additionalProperties).toBe(false)
  })
})
