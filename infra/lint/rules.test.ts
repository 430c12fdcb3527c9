import { execFile } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

type Report = { diagnostics: readonly { filename: string; code: string }[] }

const root = fileURLToPath(new URL('../..', import.meta.url))

/** File → its one statement, and the rule that must object to it; no rule = the file is fine. */
const cases: Readonly<Record<string, readonly [source: string, rule?: string]>> = {
  'rollout/now.ts': ['export const at = Date.now()', 'no-restricted-properties'],
  'rollout/dice.ts': ['export const dice = Math.random()', 'no-restricted-properties'],
  'rollout/today.ts': ['export const today = new Date()', 'no-current-time'],
  'rollout/parsed.ts': ['export const day = new Date(0)'],
  'rollout/env.ts': ['export const home = process.env.HOME', 'no-restricted-globals'],
  'rollout/hash.ts': ["export { createHash } from 'node:crypto'", 'no-restricted-imports'],
  'rollout/deep/up.ts': [
    "import { x } from '../../workflows/endpoint.ts'\nexport default x",
    'no-restricted-imports',
  ],
  'rollout/hash.test.ts': ["import { createHash } from 'node:crypto'\nexport default createHash"],
  'workflows/files.ts': [
    "import { readFileSync } from 'node:fs'\nexport default readFileSync",
    'no-restricted-imports',
  ],
  'workflows/schema.ts': ["import { z } from 'zod'\nexport default z", 'no-restricted-imports'],
  'workflows/env.ts': ['export const home = process.env.HOME', 'no-restricted-globals'],
  'workflows/call.ts': [
    "import { copy } from '../activities/copy.ts'\nexport default copy",
    'no-restricted-imports',
  ],
  'workflows/type.ts': ["import type { Copy } from '../activities/copy.ts'\nexport type C = Copy"],
  'workflows/plan.ts': ["import { plan } from '../rollout/plan.ts'\nexport default plan"],
  'workflows/async-query.ts': [
    "import { defineQuery, setHandler } from '@temporalio/workflow'\nconst q = defineQuery<number>('q')\nexport async function w(): Promise<void> { setHandler(q, async () => 1) }",
    'workflow-no-async-query-handler',
  ],
  'activities/loop.ts': ["import { w } from '../workflows/w.ts'\nexport default w", 'no-restricted-imports'],
  'worker/serve.ts': ["import { app } from '../api/app.ts'\nexport default app", 'no-restricted-imports'],
  'api/flow.ts': ["import { w } from '../workflows/rollout.ts'\nexport default w", 'no-restricted-imports'],
  'api/routes/flow.ts': [
    "import { w } from '../../workflows/rollout.ts'\nexport default w",
    'no-restricted-imports',
  ],
  'api/messages.ts': ["import { approve } from '../workflows/messages.ts'\nexport default approve"],
  'api/run.ts': [
    "import { runtime } from '../worker/runtime.ts'\nexport default runtime",
    'no-restricted-imports',
  ],
  'api/connect.ts': ["import { connect } from '../worker/temporal-connection.ts'\nexport default connect"],
  'api/fake.ts': [
    "import { world } from '../sandbox/world.ts'\nexport default world",
    'no-restricted-imports',
  ],
  'cli/list.ts': [
    "import { world } from '../sandbox/world.ts'\nexport default world",
    'no-restricted-imports',
  ],
  'cli/demo/story.ts': ["import { world } from '../../sandbox/world.ts'\nexport default world"],
  'sandbox/plot.ts': ["import { w } from '../workflows/w.ts'\nexport default w", 'no-restricted-imports'],
  'api/forgotten.ts': [
    'export const later = (): void => { fetch("http://127.0.0.1") }',
    'no-floating-promises',
  ],
}

describe('the lint rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lint-'))
  let found: ReadonlyMap<string, readonly string[]>

  beforeAll(async () => {
    for (const [path, [source]] of Object.entries(cases)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), `${source}\n`)
    }
    for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json'])
      copyFileSync(join(root, file), join(folder, file))
    cpSync(join(root, 'infra/lint/pure.js'), join(folder, 'infra/lint/pure.js'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const stdout = await new Promise<string>((resolve) => {
      const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
      // Named folders, because oxlint would walk through the linked node_modules.
      const folders = [...new Set(Object.keys(cases).map((path) => path.split('/')[0] ?? ''))]
      execFile(process.execPath, [oxlint, '--format', 'json', ...folders], { cwd: folder }, (_error, text) =>
        resolve(text),
      )
    })
    const { diagnostics } = JSON.parse(stdout) as Report
    const byFile = new Map<string, string[]>()
    for (const { filename, code } of diagnostics)
      byFile.set(filename, [...(byFile.get(filename) ?? []), code])
    found = byFile
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const objecting = Object.entries(cases).flatMap(([path, [, rule]]) =>
    rule === undefined ? [] : [[path, rule] as const],
  )
  const fine = Object.entries(cases).flatMap(([path, [, rule]]) => (rule === undefined ? [path] : []))

  test.each(objecting)('object to %s with %s', (path, rule) => {
    expect(found.get(path)?.join(' ')).toContain(rule)
  })

  test.each(fine)('leave %s alone', (path) => {
    expect(found.get(path)).toBeUndefined()
  })
})
