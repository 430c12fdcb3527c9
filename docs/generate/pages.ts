import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { calendarSchema } from '../../rollout/calendar/schema.ts'
import { documentSchema } from '../../rollout/document/schema.ts'
import { settingsSchema } from '../../rollout/notices/settings-schema.ts'
import { root } from '../markdown.ts'
import { renderCommands } from './commands-page.ts'
import { renderHttp } from './http-page.ts'
import { renderOperations } from './metrics.ts'
import { renderPerformance } from './performance.ts'
import { renderSandbox } from './sandbox.ts'
import { renderSchemaPage } from './schema-page.ts'
import { renderTroubleshooting } from './troubleshooting.ts'
import { renderVariables } from './variables-page.ts'

interface GeneratedPage {
  /** Path from the project's root. */
  readonly path: string
  readonly generate: () => string | Promise<string>
}

/** The pages that are made from the code, or have parts that are. */
export const generatedPages: readonly GeneratedPage[] = [
  {
    path: 'docs/reference/document.md',
    generate: () =>
      renderSchemaPage({
        title: 'Every key of the rollout document',
        intro: [
          'Made from the schema that checks documents; “Allowed” is what the parser answers. [How it works](../document.md) is the page to read first. `[]` stands for an entry of a list, `<name>` for a name of your own. For editors: [`rollout.schema.json`](rollout.schema.json).',
        ],
        schema: documentSchema,
        examples: exampleDocuments(),
      }),
  },
  {
    path: 'docs/reference/calendar.md',
    generate: () =>
      renderSchemaPage({
        title: 'Every key of the calendar',
        intro: [
          'The file that `SLUICE_CALENDAR_FILE` of the worker names: [freezes](../document.md#freezes) of several models, or of all. Made from its schema. For editors: [`calendar.schema.json`](calendar.schema.json).',
        ],
        schema: calendarSchema,
        examples: [...blocksOf('docs/document.md', 'Calendar'), { freezes: exampleFreezes() }],
      }),
  },
  {
    path: 'docs/reference/notifications.md',
    generate: () =>
      renderSchemaPage({
        title: 'Every key of the notifications file',
        intro: [
          'The file that `SLUICE_NOTIFY_FILE` of worker and API names: [who is told what](../notifications.md). Made from its schema. For editors: [`notifications.schema.json`](notifications.schema.json).',
        ],
        schema: settingsSchema,
        examples: [
          ...blocksOf('docs/notifications.md', 'Notifications'),
          ...blocksOf('docs/slack.md', 'Notifications'),
        ],
      }),
  },
  { path: 'docs/reference/commands.md', generate: renderCommands },
  { path: 'docs/reference/http.md', generate: renderHttp },
  { path: 'docs/reference/variables.md', generate: renderVariables },
  { path: 'docs/troubleshooting.md', generate: renderTroubleshooting },
  { path: 'docs/sandbox.md', generate: renderSandbox },
  { path: 'docs/operations.md', generate: renderOperations },
  { path: 'docs/performance.md', generate: renderPerformance },
]

function exampleDocuments(): readonly unknown[] {
  const folder = join(root, 'examples')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .flatMap((name) => parsed(readFileSync(join(folder, name), 'utf8')))
}

function exampleFreezes(): readonly unknown[] {
  return exampleDocuments().flatMap((document) => {
    const { production } = document as { production?: { freezes?: readonly unknown[] } }
    return production?.freezes ?? []
  })
}

/** The files of one kind that a page shows. */
function blocksOf(path: string, kind: string): readonly unknown[] {
  const text = readFileSync(join(root, path), 'utf8')
  return [...text.matchAll(/```yaml\n([^]*?)```/g)].flatMap(([, block = '']) =>
    block.includes(`kind: ${kind}`) ? parsed(block) : [],
  )
}

const parsed = (text: string): readonly unknown[] =>
  parseAllDocuments(text).map((document) => document.toJS() as unknown)
