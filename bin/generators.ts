import { generateOpenApi } from '../api/openapi/generate.ts'
import { generatedPages } from '../docs/generate/pages.ts'
import { generateSettingsSchema } from '../rollout/notices/settings.ts'
import { generateCalendarSchema, generateDocumentSchema } from '../rollout/document/json-schema.ts'

/** A committed file that is made from the code. */
export type Generator = {
  /** Path from the project's root. */
  readonly path: string
  /** The whole content; the same for the same code, on every machine. */
  readonly generate: () => string | Promise<string>
}

const documentSchema = generateDocumentSchema()
const settingsSchema = generateSettingsSchema()
const calendarSchema = generateCalendarSchema()
const openApi = generateOpenApi()

/** Every generated file of the project. `npm run generate` writes them; `npm run generate:check` compares. */
export const generators: readonly Generator[] = [
  { path: documentSchema.path, generate: () => documentSchema.content },
  { path: settingsSchema.path, generate: () => settingsSchema.content },
  { path: calendarSchema.path, generate: () => calendarSchema.content },
  { path: openApi.path, generate: () => openApi.content },
  ...generatedPages,
]
