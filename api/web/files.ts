import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { withImports } from './modules.ts'
import { writeWords } from './words.ts'

/** One file as it is sent. */
export interface WebFile {
  readonly type: string
  readonly body: Buffer
  /** Absent where they would not be smaller. */
  readonly brotli?: Buffer
  readonly gzip?: Buffer
  /** Quoted, as the header wants it. */
  readonly etag: string
}

/** The page's files, ready to be sent. */
export interface WebFiles {
  /** By the path that they are at, in express' terms: the same page, which names to the browser what its view needs. */
  readonly pages: ReadonlyMap<string, WebFile>
  /** Changes with any file: stands in every address, so that files may be kept for ever. */
  readonly version: string
  /** By their path below `/assets/<version>/`. */
  readonly assets: ReadonlyMap<string, WebFile>
}

/** Where the page's own router shows a view, and the module that it begins with. */
const views: Readonly<Record<string, string>> = {
  '/': 'views/rollouts.js',
  '/rollouts/:id': 'views/rollout.js',
  '/start': 'views/start.js',
  '/endpoints/:account/:region/:endpoint': 'views/endpoint.js',
  '/sign-in': 'views/sign-in.js',
}

const folder = fileURLToPath(new URL('../../web', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
}

/** Modules of packages that the page uses: how its files name them, and where they are. None of them needs a build. */
const vendors: Readonly<Record<string, string>> = {
  preact: 'preact/dist/preact.mjs',
  'preact/hooks': 'preact/hooks/dist/hooks.mjs',
  htm: 'htm/dist/htm.mjs',
  'eventsource-parser': 'eventsource-parser/dist/index.js',
}

/** Reads everything once: the page is a few dozen small files, and an installation does not change while it runs. */
export function readWebFiles(): WebFiles {
  const texts = new Map<string, string>([['words.js', writeWords()]])
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (['.js', '.css', '.svg'].includes(extname(name))) {
      texts.set(name, readFileSync(join(folder, name), 'utf8'))
    }
  }
  for (const [specifier, text] of readVendors()) texts.set(vendorPath(specifier), text)
  for (const [path, text] of texts) if (path.endsWith('.js')) texts.set(path, resolveImports(text, path))
  const assets = new Map<string, WebFile>()
  for (const [path, text] of texts) assets.set(path, toFile(text, types[extname(path)] ?? 'text/plain'))
  const version = hash(
    [...assets]
      .map(([path, { etag }]) => path + etag)
      .toSorted()
      .join(' '),
  ).slice(0, 12)
  const pages = Object.entries(views).map(([path, view]) => {
    const modules = new Set([...withImports('main.js', texts), ...withImports(view, texts)])
    return [path, toFile(writePage(version, [...modules]), types['.html'] ?? '')] as const
  })
  return { version, assets, pages: new Map(pages) }
}

function readVendors(): readonly (readonly [string, string])[] {
  const { resolve } = createRequire(import.meta.url)
  return Object.entries(vendors).map(([specifier, path]) => {
    const inside = path.slice(path.indexOf('/') + 1)
    const name = path.slice(0, path.indexOf('/'))
    // A package need not export the file that is wanted, but every one has a place.
    const root = resolve(name).replace(new RegExp(`(node_modules[\\\\/]${name})[\\\\/].*$`), '$1')
    return [specifier, readFileSync(join(root, inside), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '')]
  })
}

function vendorPath(specifier: string): string {
  return `vendor/${specifier.replaceAll('/', '-')}.js`
}

/** Names of packages become relative addresses: an import map would have to be an inline script, which the policy forbids. */
function resolveImports(text: string, path: string): string {
  const up = '../'.repeat(path.split('/').length - 1) || './'
  return text.replaceAll(
    /(\bfrom\s*|\bimport\s*)(["'])([a-z][\w/-]*)\2/g,
    (whole, keyword: string, quote: string, specifier: string) =>
      specifier in vendors ? `${keyword}${quote}${up}${vendorPath(specifier)}${quote}` : whole,
  )
}

/** Every module that a view needs is named to the browser at once: found one by one they would cost a round trip a level. */
function writePage(version: string, modules: readonly string[]): string {
  const preloads = modules.map((path) => `    <link rel="modulepreload" href="/assets/${version}/${path}" />`)
  return readFileSync(join(folder, 'index.html'), 'utf8')
    .replaceAll('/assets/', `/assets/${version}/`)
    .replace(/^.*<!-- modules -->.*$/m, preloads.join('\n'))
}

function toFile(text: string, type: string): WebFile {
  const body = Buffer.from(text)
  const brotli = brotliCompressSync(body)
  const gzip = gzipSync(body)
  return {
    type,
    body,
    ...(brotli.length < body.length ? { brotli } : {}),
    ...(gzip.length < body.length ? { gzip } : {}),
    etag: `"${hash(text).slice(0, 20)}"`,
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
