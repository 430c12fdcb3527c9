import { describe, expect, test } from 'vitest'
import { outsidePages, siteLink } from './.vitepress/outside.ts'
import { sidebar } from './.vitepress/sidebar.ts'

describe('a link of a page, on the site', () => {
  test.each([
    ['docs/cli.md', 'api.md', '/api.md'],
    ['docs/guides/undo.md', '../document.md#production', '/document.md#production'],
    ['docs/guides/undo.md', '../README.md', '/index.md'],
    ['docs/document.md', '../examples/minimal.yaml', '/source/examples/minimal.yaml.md'],
    ['docs/guides/add-a-region.md', '../../examples/new-region.yaml', '/source/examples/new-region.yaml.md'],
    ['docs/README.md', '../CHANGELOG.md', '/source/CHANGELOG.md'],
    ['CHANGELOG.md', 'docs/reliability.md', '/reliability.md'],
    ['docs/web.md', 'https://example.com/a', 'https://example.com/a'],
    ['docs/web.md', '#signing-in', '#signing-in'],
  ])('of %s to %s leads to %s', (from, target, link) => {
    expect(siteLink(from, target)).toBe(link)
  })

  test('finds a page for every file outside of docs/ that a page links to', () => {
    const pages = new Map(outsidePages().map(({ params, content }) => [params.path, content]))
    expect([...pages.keys()]).toEqual(expect.arrayContaining(['CHANGELOG', 'CONTRIBUTING', 'examples']))
    expect(pages.get('examples/minimal.yaml')).toContain('kind: Rollout')
    expect(pages.get('examples')).toContain('(/source/examples/every-key.yaml.md)')
    expect(pages.get('CHANGELOG')).toContain('](/reliability.md)')
  })
})

test('the side bar names every page once', () => {
  const links = JSON.stringify(sidebar).match(/(?<="link":")[^"#]+/g) ?? []
  const pages = links.filter((link) => link !== '/operations.md')
  expect(pages.length).toBeGreaterThan(25)
  expect(new Set(pages).size).toBe(pages.length)
})
