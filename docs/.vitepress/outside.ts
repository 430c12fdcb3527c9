import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, posix } from 'node:path'
import { root } from '../markdown.ts'

/** What is used here of markdown-it's state after parsing. */
interface Parsed {
  readonly env: { readonly relativePath?: string }
  readonly tokens: readonly Token[]
}

interface Token {
  readonly type: string
  readonly children: readonly Token[] | null
  attrGet(name: string): string | null
  attrSet(name: string, value: string): void
}

/**
 * Where a link of a file of this project leads on the site. Pages of docs/ are pages; every other file of the project is shown
 * below `/source/`, so that the site needs no repository beside it.
 * @param from path of the file that the link stands in, from the project's root
 */
export function siteLink(from: string, target: string): string {
  if (/^([a-z]+:|#|\/)/.test(target)) return target
  const [file = '', anchor] = target.split('#')
  const hash = anchor === undefined ? '' : `#${anchor}`
  const path = posix.normalize(posix.join(posix.dirname(from), file))
  if (path === 'docs/README.md') return `/index.md${hash}`
  if (path.startsWith('docs/')) return `/${path.slice('docs/'.length)}${hash}`
  return `/source/${pageName(path)}.md${hash}`
}

const pageName = (path: string): string => path.replace(/\.md$/, '')

/** A rule of markdown-it: links that leave docs/ lead to the pages of {@link outsidePages}. */
export function leadOutside({ env, tokens }: Parsed): void {
  const page = env.relativePath
  if (page === undefined || page.startsWith('source/')) return
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    const target = token.type === 'link_open' ? token.attrGet('href') : null
    if (target?.includes('../') || target?.includes('README.md'))
      token.attrSet('href', siteLink(`docs/${page}`, target))
  }
}

/** The files outside of docs/ that its pages link to, as pages: Markdown as it reads, all others as code. */
export function outsidePages(): readonly { readonly params: { path: string }; readonly content: string }[] {
  const found = new Set<string>()
  const visit = (path: string): void => {
    if (found.has(path)) return
    found.add(path)
    if (statSync(join(root, path)).isDirectory()) return filesIn(path).forEach(visit)
    if (path.endsWith('.md')) linksIn(path).forEach(visit)
  }
  for (const page of pagesOfDocs()) linksIn(page).forEach(visit)
  return [...found].map((path) => ({ params: { path: pageName(path) }, content: contentOf(path) }))
}

function pagesOfDocs(): readonly string[] {
  return readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !/^(source|\.vitepress)\//.test(name))
    .map((name) => `docs/${name}`)
}

/** Files of the project outside of docs/ that one links to. */
function linksIn(path: string): readonly string[] {
  const text = readFileSync(join(root, path), 'utf8')
  return [...text.matchAll(/\]\(([^)\s#]+)[^)\s]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^([a-z]+:|\/)/.test(target))
    .map((target) => posix.normalize(posix.join(posix.dirname(path), target)).replace(/\/$/, ''))
    .filter((target) => !target.startsWith('docs/') && existsSync(join(root, target)))
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((name) => /\.(yaml|md)$/.test(name))
    .map((name) => `${folder}/${name}`)

function contentOf(path: string): string {
  if (statSync(join(root, path)).isDirectory()) {
    return [`# ${path}`, ...filesIn(path).map((file) => `- [${file}](${siteLink('', file)})`)].join('\n\n')
  }
  const text = readFileSync(join(root, path), 'utf8')
  if (path.endsWith('.md')) {
    return text.replaceAll(/\]\(([^)\s]+)\)/g, (_, target: string) => `](${siteLink(path, target)})`)
  }
  return `# ${path}\n\n\`\`\`\`${extname(path).slice(1)}\n${text}\n\`\`\`\``
}
