import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import axeCore from 'axe-core'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

/** A Chromium of this machine: named by a variable, or found on the PATH. Undefined where there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env.PLAYWRIGHT_CHROMIUM ?? env.CHROMIUM_PATH
  if (named) return named
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin']
  return folders
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((path) => existsSync(path))
}

/** What stands in a report where no browser was found. */
export const noChromium =
  'skipped: no Chromium here; install one (`apt install chromium`) or name it in PLAYWRIGHT_CHROMIUM'

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  })
}

/** A page with everything that went wrong in it. */
export interface Watched {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors in the console (violations of the policy among them) and uncaught exceptions. */
  readonly errors: readonly string[]
  close(): Promise<void>
}

export interface OpenOptions {
  readonly token?: string
  readonly phone?: boolean
  readonly dark?: boolean
}

/** A tab of a person of their own. Refused and failed requests are no errors: the tests cause them. */
export async function openTab(browser: Browser, url: string, options: OpenOptions = {}): Promise<Watched> {
  const { token, phone = false, dark = false } = options
  const context = await browser.newContext({
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
    colorScheme: dark ? 'dark' : 'light',
  })
  if (token !== undefined) {
    await context.addInitScript(`sessionStorage.setItem('sluice-token', ${JSON.stringify(token)})`)
  }
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      errors.push(message.text())
    }
  })
  await page.goto(url)
  return { page, context, errors, close: () => context.close() }
}

/** What axe-core finds against WCAG 2.2 AA, a line each. It is run by the debugger, not as a script of the page. */
export async function accessibilityProblems(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeCore.source)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof axeCore }
    const { violations } = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`),
    )
  })
}

/** Whether the page is wider than its window, so that somebody would have to scroll to the side. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
}
