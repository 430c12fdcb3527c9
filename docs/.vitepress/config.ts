import { readFileSync } from 'node:fs'
import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { anchorOf } from '../markdown.ts'
import { home } from './home.ts'
import { leadOutside } from './outside.ts'
import { nav, sidebar } from './sidebar.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}

/** Within the page: it is small, and the site may stand below any path. */
const icon = `data:image/svg+xml,${encodeURIComponent(readFileSync(new URL('../../web/icon.svg', import.meta.url), 'utf8'))}`

/**
 * The site: docs/*.md as they are, so that they read the same on GitHub. Nothing in it comes from elsewhere: fonts are the
 * system's, the search is an index that is built with it.
 */
export default defineConfig({
  title: 'Sluice',
  description: 'Durable, multi-Region, multi-account rollouts of machine-learning models on Amazon SageMaker',
  lang: 'en',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: icon }]],
  rewrites: { 'README.md': 'index.md' },
  // With it, every host of static files serves the site, and so does `file://` but for the search.
  cleanUrls: false,
  // A link that leads nowhere fails the build.
  ignoreDeadLinks: false,
  markdown: {
    anchor: { slugify: anchorOf },
    config: (markdown) => markdown.core.ruler.push('lead-outside', leadOutside),
  },
  transformPageData(page) {
    if (page.relativePath === 'index.md') return { frontmatter: home }
    // Pages of many short entries: the list beside them names the groups alone.
    if (page.relativePath === 'troubleshooting.md')
      return { frontmatter: { ...page.frontmatter, outline: 2 } }
    return undefined
  },
  async buildEnd({ srcDir, outDir }) {
    // What is loaded by its own name: schemas by editors, the pictures of the first page.
    const files = (await readdir(srcDir, { recursive: true })).filter((name) =>
      /^(reference\/.*\.json|images\/web-rollout(-dark)?\.png)$/.test(name),
    )
    await Promise.all(files.map((name) => cp(join(srcDir, name), join(outDir, name))))
  },
  themeConfig: {
    nav: [...nav, { text: `v${version}`, link: '/source/CHANGELOG.md' }],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local', options: { detailedView: true } },
    docFooter: { prev: 'Before', next: 'Next' },
    notFound: { title: 'There is no such page', quote: 'Search for what you expected here, or begin anew.' },
  },
})
