import { z } from 'zod'
import { calendarSchema } from '../calendar/schema.ts'
import { documentSchema } from './schema.ts'

/** The JSON Schema (2020-12) of the written document, with descriptions and defaults, for editors; and where it is kept. */
export function generateDocumentSchema(): { readonly path: string; readonly content: string } {
  const schema = z.toJSONSchema(documentSchema, { io: 'input', target: 'draft-2020-12' })
  const content = {
    $id: 'urn:sluice:v1:rollout',
    title: 'Sluice rollout document',
    ...schema,
  }
  return { path: 'docs/reference/rollout.schema.json', content: `${JSON.stringify(content, null, 2)}\n` }
}

/** The same for the calendar file. */
export function generateCalendarSchema(): { readonly path: string; readonly content: string } {
  const schema = z.toJSONSchema(calendarSchema, { io: 'input', target: 'draft-2020-12' })
  const content = { $id: 'urn:sluice:v1:calendar', title: 'Sluice calendar', ...schema }
  return {
    path: 'docs/reference/calendar.schema.json',
    content: `${JSON.stringify(content, null, 2)}\n`,
  }
}
