import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { readWebFiles } from './files.ts'
import { importsOf, withImports } from './modules.ts'

const { pages, version, assets } = readWebFiles()
const imports = [...assets].flatMap(([path, { body }]) =>
  path.endsWith('.js') ? importsOf(body.toString()).map((to) => ({ path, to })) : [],
)

test('every import leads to a file that is served, packages by a relative address', () => {
  expect(imports.length).toBeGreaterThan(50)
  const lost = imports.filter(
    ({ path, to }) => !to.startsWith('.') || !assets.has(posix.join(posix.dirname(path), to)),
  )
  expect(lost).toEqual([])
})

test('each page names what its view needs, under the version, and holds no script or style of its own', () => {
  const modules = [...pages].map(([path, page]) => {
    const html = page.body.toString()
    const named = [...html.matchAll(/(?:href|src)="\/assets\/([^/]+)\/([^"]+)"/g)]
    expect(named.filter(([, of, file = '']) => of !== version || !assets.has(file))).toEqual([])
    expect(html).not.toMatch(/<style|<script(?![^>]* src=)| style=| on\w+=/)
    return [path, named.map(([, , file]) => file)] as const
  })
  const of = new Map(modules)
  expect(of.get('/')).toEqual(expect.arrayContaining(['main.js', 'views/rollouts.js', 'vendor/preact.js']))
  expect(of.get('/')).not.toContain('views/start.js')
  expect(of.get('/start')).toContain('views/start.js')
})

test('what a module needs is found through everything that it imports at once', () => {
  const texts = new Map([
    [
      'main.js',
      "import { a } from './parts/a.js'\n/** @import { T } from './types.js' */\nimport('./later.js')",
    ],
    ['parts/a.js', "import '../b.js'\nexport { c } from './c.js'"],
    ['b.js', "import './main.js'"],
  ])
  expect(withImports('main.js', texts)).toEqual(['main.js', 'parts/a.js', 'b.js', 'parts/c.js'])
})

test('all of it together is less than 150 KB as browsers get it', () => {
  const sent = [...pages.values(), ...assets.values()].reduce(
    (sum, { body, brotli }) => sum + (brotli ?? body).length,
    0,
  )
  expect(sent).toBeGreaterThan(20_000)
  expect(sent).toBeLessThan(120_000)
})
