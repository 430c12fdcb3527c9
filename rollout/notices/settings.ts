import { z } from 'zod'
import { parseDuration } from '../duration.ts'
import { problemsOf } from '../document/issues.ts'
import { keysOf } from '../document/known-keys.ts'
import { makeProblem, type Problem } from '../document/problem.ts'
import { readText } from '../document/read-text.ts'
import type { Reminders } from './detect.ts'
import { settingsSchema, type WrittenSettings } from './settings-schema.ts'

/** Where notices go and who may decide from Slack, with secrets by the names of their variables. */
export interface NotifySettings extends Omit<WrittenSettings, 'reminders'> {
  readonly reminders: Reminders
}

export type ParsedSettings =
  | { readonly ok: true; readonly settings: NotifySettings }
  | { readonly ok: false; readonly problems: readonly Problem[] }

const knownKeys = keysOf(settingsSchema)

/** Reads the text of a notifications file, YAML or JSON. Every problem is told at once, with its path. */
export function parseSettings(text: string): ParsedSettings {
  const read = readText(text)
  if (!read.ok) return read
  const parsed = settingsSchema.safeParse(read.raw)
  if (!parsed.success) {
    const problems = problemsOf(parsed.error.issues, read.raw, knownKeys).map(({ at, problem }) => {
      const line = read.lineOf(at)
      return { ...problem, ...(line === undefined ? {} : { line }) }
    })
    return { ok: false, problems }
  }
  const problems = checkTogether(parsed.data)
  if (problems.length > 0) return { ok: false, problems }
  const { approval, needsHuman } = parsed.data.reminders
  return {
    ok: true,
    settings: {
      ...parsed.data,
      reminders: { approval: parseDuration(approval) ?? 0, needsHuman: parseDuration(needsHuman) ?? 0 },
    },
  }
}

/** What is wrong only together with something else. */
function checkTogether({ channels, routes, slack }: WrittenSettings): readonly Problem[] {
  const names = Object.keys(channels)
  const unknown = routes.flatMap(({ to }, route) =>
    to.flatMap((name, index) =>
      names.includes(name)
        ? []
        : [
            makeProblem(
              ['routes', route, 'to', index],
              name,
              names.length > 0 ? `one of ${names.join(', ')}` : 'the name of one of `channels`',
            ),
          ],
    ),
  )
  const needsApp = names.filter((name) => channels[name]?.slack)
  const missing =
    needsApp.length > 0 && !slack
      ? [makeProblem(['slack'], 'nothing', `the Slack app, because ${needsApp.join(', ')} is in Slack`)]
      : []
  return [...unknown, ...missing]
}

/** The JSON Schema (2020-12) of the file, for editors; and where it is kept. */
export function generateSettingsSchema(): { readonly path: string; readonly content: string } {
  const content = {
    $id: 'urn:sluice:v1:notifications',
    title: 'Sluice notifications file',
    ...z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-2020-12' }),
  }
  return {
    path: 'docs/reference/notifications.schema.json',
    content: `${JSON.stringify(content, null, 2)}\n`,
  }
}
