import { describeApi } from './describe.ts'

/** The committed OpenAPI description, and where it is kept. */
export function generateOpenApi(): { readonly path: string; readonly content: string } {
  return { path: 'docs/reference/openapi.json', content: `${JSON.stringify(describeApi(), null, 2)}\n` }
}
