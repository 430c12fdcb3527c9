import type { Browser, BrowserContext, Page } from 'playwright-core'

/** What the page itself notes while it is used. Times are milliseconds since it began to load. */
export interface Noted {
  readonly firstRow: number
  readonly firstPaint: number
}

/** What one view cost. */
export interface Cost {
  readonly requests: number
  /** Milliseconds of processor time until the first row, of all of the browser's processes and of this one, which is the server. */
  readonly work: number
  /** As they came over the wire, with their headers. */
  readonly bytes: number
}

const noting = `(() => {
  const noted = { firstRow: 0, firstPaint: 0 }
  globalThis.noted = noted
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries())
      if (name === 'first-contentful-paint') noted.firstPaint = startTime
  }).observe({ type: 'paint', buffered: true })
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.row')) return
    noted.firstRow = performance.now()
    observer.disconnect()
  }).observe(document, { childList: true, subtree: true })
})()`

/** A tab of a person of their own, with an empty cache. */
export async function openNoting(browser: Browser, token: string): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  await context.addInitScript(`sessionStorage.setItem('sluice-token', ${JSON.stringify(token)});${noting}`)
  return context
}

/** Loads a page until its first row is there. */
export async function load(page: Page, url: string): Promise<Noted & Cost> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.enable')
  let [requests, bytes] = [0, 0]
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    requests += 1
    bytes += encodedDataLength
  })
  const before = await processorTime(page)
  await page.goto(url, { waitUntil: 'commit' })
  await page.locator('.row').first().waitFor()
  const work = (await processorTime(page)) - before
  await page.waitForLoadState('load')
  // Answers that belong to the first view may still be on their way.
  await page.waitForTimeout(500)
  await devtools.detach()
  return { ...(await page.evaluate<Noted>('noted')), work, requests, bytes }
}

async function processorTime(page: Page): Promise<number> {
  const browser = await page.context().browser()?.newBrowserCDPSession()
  if (!browser) throw new Error('the page has no browser of its own')
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo')
  await browser.detach()
  const { user, system } = process.cpuUsage()
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1_000, 0) + (user + system) / 1_000
}

/** Milliseconds from doing something in the page until what is looked for is there and painted. */
export function time(page: Page, act: string, there: string): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    const began = performance.now()
    const look = () => {
      if (!(${there})) return requestAnimationFrame(look)
      requestAnimationFrame(() => resolve(performance.now() - began))
    }
    ${act}
    requestAnimationFrame(look)
  })`)
}
