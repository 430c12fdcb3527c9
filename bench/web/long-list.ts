import type { Page } from 'playwright-core'
import { load, time } from './observe.ts'
import type { MadeRollouts } from './rollouts.ts'
import { tasksDuring } from './tasks.ts'

const CHANGES = 9

/** How a list of so many rollouts felt; milliseconds. */
export interface Used {
  readonly size: number
  readonly firstRow: number
  readonly search: number
  readonly filter: number
  readonly changes: readonly number[]
  /** Processor time of the tasks while it was scrolled to its end and while the rest was done. */
  readonly scrolling: readonly number[]
  readonly using: readonly number[]
}

/** Opens the list, scrolls to its end, searches, filters, and waits for changes. */
export async function useLongList(
  page: Page,
  url: string,
  size: number,
  rollouts: MadeRollouts,
): Promise<Used> {
  const { firstRow } = await load(page, url)
  const scrolling = await tasksDuring(page, () => scrollToEnd(page, size))
  const found = { search: 0, filter: 0, changes: [] as number[] }
  const using = await tasksDuring(page, async () => {
    await page.evaluate('scrollTo(0, 0)')
    found.search = await time(
      page,
      type('model-7'),
      `document.querySelector('.list-end').textContent.includes(' of ${size} ')`,
    )
    await time(page, type(''), `document.querySelectorAll('.row').length >= 100`)
    found.filter = await time(
      page,
      `const state = document.querySelector('select[name=state]')
       state.value = 'phase Baking'
       state.dispatchEvent(new Event('change', { bubbles: true }))`,
      `location.search.includes('Baking') && document.querySelector('.row') && !document.querySelector('.edge-back')`,
    )
    for (let turn = 0; turn < CHANGES; turn += 1) {
      const began = performance.now()
      const id = await rollouts.add('added')
      await page.locator(`.row a[href="/rollouts/${id}"]`).waitFor()
      found.changes.push(performance.now() - began)
    }
  })
  return { size, firstRow, ...found, scrolling, using }
}

/** As fast as a wheel goes: a window's height every few frames, until all rows are there. */
function scrollToEnd(page: Page, size: number): Promise<void> {
  return page.evaluate(`new Promise((resolve) => {
    let frame = 0
    const next = () => {
      frame += 1
      if (frame % 4 === 0) scrollBy(0, innerHeight)
      if (document.querySelectorAll('.row').length >= ${size}) resolve()
      else requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
  })`)
}

/** Types into the search as a person does, at once. */
function type(text: string): string {
  return `const search = document.querySelector('input[name=q]')
    search.value = ${JSON.stringify(text)}
    search.dispatchEvent(new InputEvent('input', { bubbles: true }))`
}
