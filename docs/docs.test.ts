import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problems } from '../api/errors.ts'
import { createProgram } from '../cli/program.ts'
import { calendarSchema } from '../rollout/calendar/schema.ts'
import { documentSchema } from '../rollout/document/schema.ts'
import { settingsSchema } from '../rollout/notices/settings-schema.ts'
import { exitCodes } from '../rollout/outcome.ts'
import { outcomes } from '../rollout/phases.ts'
import { findingCodes } from '../rollout/plan/findings/codes.ts'
import { sidebar } from './.vitepress/sidebar.ts'
import { fieldsOf } from './generate/fields.ts'
import { neededActions } from './iam-actions.ts'
import { actionsOf, brokenLinks, commandLines, pageOf, policiesIn, readPages, root } from './markdown.ts'

/** The program's own sources below some folders. */
function sourcesIn(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /(?<!\.test|\.fixture)\.(ts|js|sh)$/.test(name))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  )
}

const all = (texts: readonly string[], pattern: RegExp): readonly string[] => [
  ...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, found = '']) => found))),
]

describe('the pages', () => {
  const pages = readPages()

  test('lead somewhere with every link', () => {
    const broken = pages.flatMap((page) => brokenLinks(page).map((link) => `${page.path}: ${link}`))
    expect(pages.length).toBeGreaterThan(10)
    expect(broken).toEqual([])
  })

  test('would be found out with a link that leads nowhere', () => {
    const text = '# A title\n[a](none.md) [b](#a-title) [c](#another) [d](../README.md) `[e](f)`'
    expect(brokenLinks({ path: 'docs/x.md', text }).slice(0, 1)).toEqual(['none.md'])
    expect(brokenLinks({ path: 'docs/README.md', text: '[c](#nowhere)' })).toEqual(['#nowhere'])
  })

  test('name only commands and options that exist', () => {
    const { commands } = createProgram(() => {})
    const unknown = pages.flatMap(({ path, text }) =>
      commandLines(text).flatMap(({ command, options }) => {
        const known = commands.find((one) => one.name() === command)
        if (!known) return [`${path}: sluice ${command}`]
        const names = known.options.flatMap(({ long, short }) => [long, short, '--help'])
        return options
          .filter((option) => !names.includes(option))
          .map((option) => `${path}: sluice ${command} ${option}`)
      }),
    )
    expect(unknown).toEqual([])
    expect(pages.flatMap(({ text }) => commandLines(text)).length).toBeGreaterThan(40)
    expect(commandLines('`sluice plan x.yaml --jsn | jq`')).toEqual([{ command: 'plan', options: ['--jsn'] }])
  })

  test('are all in the index, and the index is linked from the README', () => {
    const index = pageOf('docs/README.md')
    const there = ['.', 'guides', 'reference'].flatMap((folder) =>
      readdirSync(join(root, 'docs', folder))
        .filter((name) => name.endsWith('.md') && name !== 'README.md')
        .map((name) => join(folder, name)),
    )
    expect(there.filter((name) => !index.includes(`](${name})`))).toEqual([])
    // And beside every page of the site.
    const beside = JSON.stringify(sidebar)
    expect(there.filter((name) => !beside.includes(`"/${name}"`))).toEqual([])
    expect(pageOf('README.md')).toContain('](docs/README.md)')
  })
})

describe('docs/operations.md', () => {
  const page = pageOf('docs/operations.md')

  test('leave no variable that the processes read out of the reference', () => {
    const variables = pageOf('docs/reference/variables.md')
    const read = all(
      sourcesIn('worker', 'api', 'cli', 'infra', 'bin'),
      /\b(SLUICE_[A-Z_]+|TEMPORAL_\w+_PATH)\b/g,
    )
    expect(read.length).toBeGreaterThan(12)
    expect(read.filter((name) => !variables.includes(`\n## ${name}\n`))).toEqual([])
  })

  test('name every metric of our own', () => {
    const own = all(sourcesIn('worker', 'api', 'workflows'), /'(sluice_[a-z_]+)'/g)
    expect(own.length).toBeGreaterThan(5)
    expect(own.filter((name) => !new RegExp(`\`${name}(_total)?[{\`]`).test(page))).toEqual([])
  })
})

describe('docs/troubleshooting.md', () => {
  const page = pageOf('docs/troubleshooting.md')

  test('has every code of a finding and every problem of the API, with its cure', () => {
    const headings = [
      ...Object.keys(findingCodes),
      ...Object.entries(problems).map(([name, { status }]) => `${status} ${name}`),
    ]
    expect(headings.length).toBeGreaterThan(70)
    const entries = page.split(/^### /m)
    const complete = (heading: string) =>
      entries.some((entry) => entry.startsWith(`${heading}\n`) && /\*\*Cure:\*\* \S/.test(entry))
    expect(headings.filter((heading) => !complete(heading))).toEqual([])
  })

  test('has every outcome and every exit code', () => {
    expect(outcomes.filter((outcome) => !page.includes(`- **${outcome}**`))).toEqual([])
    expect(Object.values(exitCodes).filter((code) => !new RegExp(`^\\| ${code} `, 'm').test(page))).toEqual(
      [],
    )
  })
})

describe('docs/reference', () => {
  const files = { document: documentSchema, calendar: calendarSchema, notifications: settingsSchema }

  test.each(Object.entries(files))('%s.md says what every key means', (name, schema) => {
    const fields = fieldsOf(schema)
    expect(fields.length).toBeGreaterThan(10)
    // An entry of a list of choices is described by the list.
    expect(fields.filter(({ means, sameAs }) => means === '' && sameAs === undefined)).toEqual([])
    const page = pageOf(`docs/reference/${name}.md`)
    const heading = (path: string) => path.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    expect(fields.filter(({ path }) => !page.includes(`# ${heading(path)}\n`))).toEqual([])
  })

  test('gives an example of every key of the document that is no section', () => {
    const entries = pageOf('docs/reference/document.md').split(/^##+ /m).slice(1)
    const without = entries.filter((entry) => entry.includes('- Allowed:') && !entry.includes('- Example:'))
    expect(without.map((entry) => entry.split('\n')[0])).toEqual(listsOfSections)
  })
})

/** Too long for a line, or of your own names; what is in them has examples. */
const listsOfSections = ['accounts', 'staging.tests', 'production.strategy.steps', 'production.freezes']

describe('the policies in docs/real-accounts.md', () => {
  const policies = policiesIn(pageOf('docs/real-accounts.md'))
  const { calls, actions } = neededActions(sourcesIn('activities'))
  const allowed = new Set([...policies.values()].flatMap(actionsOf))

  test('allow exactly the calls that the activities make', () => {
    expect([...policies.keys()]).toEqual(['worker', 'read', 'deploy', 'record', 'topics', 'registry'])
    expect(calls.length).toBeGreaterThan(50)
    expect([...actions].filter((action) => !allowed.has(action))).toEqual([])
    expect([...allowed].filter((action) => !actions.has(action))).toEqual([])
  })
})

describe('docs/proof.md', () => {
  const blocks = pageOf('docs/proof.md')
    .split(/^- (?=`)/m)
    .slice(1)
  const named = blocks.flatMap((block) => {
    const file = /^`([^`]+)`/.exec(block)?.[1] ?? ''
    return [...block.matchAll(/^  - (.+)$/gm)].map(([, title = '']) => ({ file, title }))
  })

  test('name only tests that exist, in files that exist', () => {
    expect(named.length).toBeGreaterThan(80)
    const missing = named.filter(({ file, title }) => {
      if (!existsSync(join(root, file))) return true
      return !readFileSync(join(root, file), 'utf8').includes(title)
    })
    expect(missing).toEqual([])
  })
})
