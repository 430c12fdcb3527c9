import { Client, Connection } from '@temporalio/client'
import type { Browser } from 'playwright-core'
import { createToken } from '../../api/auth/tokens.ts'
import { startApi, type RunningApi } from '../../api/server.ts'
import { findChromium, launchChromium, noChromium } from '../../test/support/browser.ts'
import { createLogger } from '../../worker/logging.ts'
import type { Aim, Bench, Table } from '../support/report.ts'
import { quantile } from '../support/statistics.ts'
import { startSurroundings } from '../support/surroundings.ts'
import { load, openNoting } from './observe.ts'
import { useLongList, type Used } from './long-list.ts'
import { makeRollouts, type MadeRollouts } from './rollouts.ts'

const MOST_BYTES = 150_000
const SOON_MS = 1_000
/** What the browser itself calls a long task. */
const SMOOTH_MS = 50
const viewer = createToken('viewer', ['viewer'])

/** The page in a real Chromium: its first view, cold and from the cache, and a long list (sizes: rollouts in it). */
export const web: Bench = async ({ quick, sizes = quick ? [100] : [1_000], say }) => {
  const executable = findChromium()
  if (!executable) throw new Error(noChromium)
  const surroundings = await startSurroundings()
  const { address, namespace } = surroundings.temporal
  const connection = await Connection.connect({ address })
  const client = new Client({ connection, namespace })
  const api = await startApi({
    client,
    taskQueue: 'nobody-works-here',
    auth: { tokens: [viewer.entry] },
    logger: createLogger('api', 'silent'),
    requestsPerMinute: 100_000,
  })
  const browser = await launchChromium(executable)
  try {
    const used: Used[] = []
    let views: FirstViews | undefined
    for (const size of sizes) {
      say(`${size} rollouts`)
      const rollouts = await makeRollouts(client, size)
      views ??= await loadAgain(browser, api, quick ? 2 : 9)
      used.push(await readLongList(browser, api, size, rollouts))
    }
    return { tables: [...(views ? [tableOf(views)] : []), listTable(used)], aims: aimsOf(views, used) }
  } finally {
    await browser.close()
    await api.close()
    await connection.close()
    await surroundings.close()
  }
}

type Loaded = Awaited<ReturnType<typeof load>>
interface FirstViews {
  readonly cold: readonly Loaded[]
  readonly warm: readonly Loaded[]
}

async function loadAgain(browser: Browser, api: RunningApi, times: number): Promise<FirstViews> {
  const [cold, warm]: [Loaded[], Loaded[]] = [[], []]
  for (let turn = 0; turn < times; turn += 1) {
    const context = await openNoting(browser, viewer.token)
    const page = await context.newPage()
    cold.push(await load(page, api.url))
    warm.push(await load(page, api.url))
    await context.close()
  }
  return { cold, warm }
}

async function readLongList(
  browser: Browser,
  api: RunningApi,
  size: number,
  rollouts: MadeRollouts,
): Promise<Used> {
  const context = await openNoting(browser, viewer.token)
  try {
    return await useLongList(await context.newPage(), api.url, size, rollouts)
  } finally {
    await context.close()
  }
}

const longest = (tasks: readonly number[]): number => Math.round(Math.max(0, ...tasks))
const tooLong = (tasks: readonly number[]): readonly number[] => tasks.filter((task) => task > SMOOTH_MS)
const median = (loads: readonly Loaded[], of: (one: Loaded) => number): number =>
  Math.round(quantile(loads.map(of), 0.5))

function tableOf({ cold, warm }: FirstViews): Table {
  const row = (name: string, loads: readonly Loaded[]) => [
    name,
    median(loads, ({ requests }) => requests),
    Number((median(loads, ({ bytes }) => bytes) / 1_000).toFixed(1)),
    median(loads, ({ firstPaint }) => firstPaint),
    median(loads, ({ firstRow }) => firstRow),
    Math.round(Math.min(...loads.map(({ firstRow }) => firstRow))),
    Math.round(Math.max(...loads.map(({ firstRow }) => firstRow))),
    median(loads, ({ work }) => work),
  ]
  return {
    title: `First view, ${cold.length} times`,
    columns: [
      'cache',
      'requests',
      'KB',
      'first paint, ms',
      'first row, ms',
      'fastest',
      'slowest',
      'work, ms',
    ],
    rows: [row('empty', cold), row('filled', warm)],
    note: 'Medians, from the beginning of the load; KB as transferred, with headers and the first answers of the API. Work is processor time until the first row, of all of the browser and of the server.',
  }
}

function listTable(used: readonly Used[]): Table {
  return {
    title: 'A long list',
    columns: [
      'rollouts',
      'first row, ms',
      'search found, ms',
      'state filtered, ms',
      'change shown, ms',
      'slowest',
      'longest task, scrolling, ms',
      'tasks > 50 ms',
      'longest task, the rest, ms',
      'tasks > 50 ms',
    ],
    rows: used.map(({ size, firstRow, search, filter, changes, scrolling, using }) => [
      size,
      Math.round(firstRow),
      Math.round(search),
      Math.round(filter),
      Math.round(quantile(changes, 0.5)),
      Math.round(Math.max(...changes)),
      longest(scrolling),
      tooLong(scrolling).length,
      longest(using),
      tooLong(using).length,
    ]),
    note: 'Tasks by processor time, all else by the clock. All rows had been loaded when it was searched. A change is a rollout that begins, from asking Temporal for it to its row on the page.',
  }
}

function aimsOf(views: FirstViews | undefined, used: readonly Used[]): readonly Aim[] {
  const last = used.at(-1)
  if (!views || !last) return []
  const bytes = Math.max(...views.cold.map((one) => one.bytes))
  const soon = median(views.cold, ({ firstRow }) => firstRow)
  const tasks = [...last.scrolling, ...last.using]
  return [
    { aim: 'the first view is under 150 KB', found: `${bytes} bytes`, met: bytes < MOST_BYTES },
    { aim: 'and its first row there within a second', found: `${soon} ms`, met: soon < SOON_MS },
    {
      aim: `${last.size} rollouts are scrolled, searched and filtered without a task over 50 ms`,
      found: `${tooLong(tasks).length} of ${tasks.length}, the longest ${longest(tasks)} ms`,
      met: tooLong(tasks).length === 0,
    },
    {
      aim: 'a change is in the list within a second',
      found: `${Math.round(quantile(last.changes, 0.5))} ms, the median of ${last.changes.length}`,
      met: quantile(last.changes, 0.5) < SOON_MS,
    },
  ]
}
