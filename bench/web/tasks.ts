import type { Page } from 'playwright-core'

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of processor time, of complete events. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/**
 * The lengths of the tasks of the page's main thread while something is done; milliseconds of processor time, because on a busy
 * machine the time on the clock says more about the others.
 */
export async function tasksDuring(page: Page, act: () => Promise<unknown>): Promise<readonly number[]> {
  const browser = page.context().browser()
  if (!browser) throw new Error('the page has no browser of its own')
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] })
  await act()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: readonly TraceEvent[]
  }
  const here = (one: TraceEvent) => (other: TraceEvent) => other.pid === one.pid && other.tid === one.tid
  const main = traceEvents
    .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
    // Other tabs have such a thread, too; only the visible one draws.
    .find((thread) => traceEvents.filter(here(thread)).some(({ name }) => name === 'FireAnimationFrame'))
  if (!main) throw new Error('the trace knows no thread of the page')
  return traceEvents
    .filter(here(main))
    .flatMap(({ name, ph, tdur = 0 }) =>
      name === 'ThreadControllerImpl::RunTask' && ph === 'X' ? [tdur / 1_000] : [],
    )
}
