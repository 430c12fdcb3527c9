import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { readWebFiles } from './files.ts'

const { page, version, assets } = readWebFiles()
/** Types are imported in comments, which no browser reads. */
const withoutComments = (text: string): string => text.replaceAll(/\/\*[^]*?\*\//g, '')
const imports = [...assets].flatMap(([path, { body }]) =>
  path.endsWith('.js')
    ? [...withoutComments(body.toString()).matchAll(/(?:\bfrom|\bimport)\s*["']([^"'\n]+)["']/g)].map(
        ([, to = '']) => ({
          path,
          to,
        }),
      )
    : [],
)

test('every import leads to a file that is served, packages by a relative address', () => {
  expect(imports.length).toBeGreaterThan(50)
  const lost = imports.filter(
    ({ path, to }) => !to.startsWith('.') || !assets.has(posix.join(posix.dirname(path), to)),
  )
  expect(lost).toEqual([])
})

test('the page names every file under the version, and holds no script or style of its own', () => {
  const html = page.body.toString()
  const named = [...html.matchAll(/(?:href|src)="\/assets\/([^/]+)\/([^"]+)"/g)]
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter(([, of, path = '']) => of !== version || !assets.has(path))).toEqual([])
  expect(html).not.toMatch(/<style|<script(?![^>]* src=)| style=| on\w+=/)
})

test('all of it together is less than 150 KB as browsers get it', () => {
  const sent = [page, ...assets.values()].reduce((sum, { body, brotli }) => sum + (brotli ?? body).length, 0)
  expect(sent).toBeGreaterThan(20_000)
  expect(sent).toBeLessThan(120_000)
})
