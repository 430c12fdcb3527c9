import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** One page for people, by its path from the project's root. */
export interface Page {
  readonly path: string
  readonly text: string
}

export function readPages(): readonly Page[] {
  const folders = ['', 'docs', 'docs/guides', 'docs/reference', 'examples']
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => ({
        path: join(folder, name),
        text: readFileSync(join(root, folder, name), 'utf8'),
      })),
  )
}

export function pageOf(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** Links to files of this project, or places in them, that are not there. */
export function brokenLinks({ path, text }: Page): readonly string[] {
  const targets = [
    ...withoutCode(text)
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = '']) => target)
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false
    const [file = '', anchor] = target.split('#')
    const found = file === '' ? join(root, path) : join(root, dirname(path), decodeURIComponent(file))
    if (!existsSync(found)) return true
    return anchor !== undefined && !anchorsOf(readFileSync(found, 'utf8')).includes(anchor)
  })
}

function anchorsOf(text: string): readonly string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title))
}

/** GitHub's name for a heading, which the site takes over. */
export function anchorOf(title: string): string {
  return title
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function withoutCode(text: string): string {
  return text.replaceAll(/^( *)```[^]*?^\1```$/gm, '')
}

/** One line that a reader would type: `npx sluice plan FILE --json`. */
export interface CommandLine {
  readonly command: string
  readonly options: readonly string[]
}

/** Every `sluice …` in code, inline or in a block. */
export function commandLines(text: string): readonly CommandLine[] {
  const inline = [...withoutCode(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  const blocks = [...text.matchAll(/^( *)```(sh|console)\n([^]*?)^\1```$/gm)].flatMap(
    ([, , kind, code = '']) =>
      // In a console, what was typed begins with $, and the rest is what was answered.
      code.split('\n').filter((line) => kind === 'sh' || /^ *\$ /.test(line)),
  )
  return [...inline, ...blocks].flatMap((code) => {
    const found = /(?:^|[\s(=|])sluice ([a-z][a-z-]*)([^|#)]*)/.exec(code.replaceAll(/"[^"]*"/g, '""'))
    if (!found?.[1]) return []
    const options = [...(found[2] ?? '').matchAll(/(?<=\s)--?[a-z][a-z-]*/g)].map(([option]) => option)
    return [{ command: found[1], options }]
  })
}

/** The blocks under `<!-- policy: NAME -->`, as IAM takes them. */
export function policiesIn(text: string): ReadonlyMap<string, Policy> {
  return new Map(
    [...text.matchAll(/<!-- policy: (\w+) -->\n+```json\n([^]*?)```/g)].map(([, name = '', json = '']) => [
      name,
      JSON.parse(json) as Policy,
    ]),
  )
}

export interface Policy {
  readonly Statement: readonly { readonly Action: string | readonly string[] }[]
}

export function actionsOf({ Statement }: Policy): readonly string[] {
  return Statement.flatMap(({ Action }) => Action)
}
