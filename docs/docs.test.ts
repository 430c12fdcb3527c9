import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createProgram } from '../cli/program.ts'
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
    const left = readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md') && name !== 'README.md')
      .filter((name) => !index.includes(`](${name})`))
    expect(left).toEqual([])
    expect(pageOf('README.md')).toContain('](docs/README.md)')
  })
})

describe('docs/operations.md', () => {
  const page = pageOf('docs/operations.md')

  test('explain every variable that the processes read', () => {
    const read = all(
      sourcesIn('worker', 'api', 'cli', 'infra', 'bin'),
      /\b(SLUICE_[A-Z_]+|TEMPORAL_\w+_PATH)\b/g,
    )
    expect(read.length).toBeGreaterThan(12)
    expect(read.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })

  test('name every metric of our own', () => {
    const own = all(sourcesIn('worker', 'api'), /'(sluice_[a-z_]+)'/g)
    expect(own.length).toBeGreaterThan(5)
    expect(own.filter((name) => !new RegExp(`\`${name}(_total)?[{\`]`).test(page))).toEqual([])
  })
})

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
