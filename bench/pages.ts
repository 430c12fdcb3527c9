import { Client, Connection, type ConnectionOptions } from '@temporalio/client'
import { createToken } from '../api/auth/tokens.ts'
import { startApi } from '../api/server.ts'
import { approval, twoRegions } from '../test/support/documents.ts'
import { startStackOn, type LaunchApi, type Stack } from '../test/support/start-stack.ts'
import { createLogger } from '../worker/logging.ts'
import { versions } from './support/fleet-world.ts'
import type { Bench, Table } from './support/report.ts'
import { quantile } from './support/statistics.ts'
import { startSurroundings } from './support/surroundings.ts'

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number]

/** What so many open pages cost, and how soon they know. */
interface Seen {
  readonly pages: number
  /** Calls a second to Temporal while nothing happens, by method. */
  readonly calls: ReadonlyMap<string, number>
  /** From sending a decision to the event on a page, milliseconds, over all pages and decisions. */
  readonly delays: readonly number[]
}

/** A server lets one credential open a hundred streams. */
const viewers = Array.from({ length: 4 }, (_, index) => createToken(`viewer-${index}`, ['viewer']))
const SECONDS = 10

/** Open pages of one rollout and of the list: what they cost the API, and how soon a change is on all of them. */
export const pages: Bench = async ({ quick, sizes = quick ? [1, 20] : [1, 10, 200], say }) => {
  const surroundings = await startSurroundings()
  const counts = new Map<string, number>()
  const launchApi = async ({ address, namespace, taskQueue, signingKey, tokens }: LaunchApi) => {
    const connection = await Connection.connect({ address, interceptors: [countInto(counts)] })
    return startApi({
      client: new Client({ connection, namespace }),
      taskQueue,
      signingKey,
      auth: { tokens: [...tokens, ...viewers.map(({ entry }) => entry)] },
      logger: createLogger('api', 'silent'),
      requestsPerMinute: 100_000,
    })
  }
  try {
    const stack = await startStackOn(surroundings, { clockRate: 150, versions: await versions(), launchApi })
    try {
      const id = await stack.start(twoRegions({ accounts: stack.accounts, approval }))
      await stack.until(id, ({ phase }) => phase === 'AwaitingApproval')
      const seen: Seen[] = []
      for (const size of sizes) {
        say(`${size} pages`)
        seen.push(await measure(stack, id, size, counts, quick ? 2 : 10))
      }
      await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/abort`)
      return { tables: [tableOf(seen)], aims: aimsOf(seen) }
    } finally {
      await stack.close()
    }
  } finally {
    await surroundings.close()
  }
}

async function measure(
  stack: Stack,
  id: string,
  size: number,
  counts: Map<string, number>,
  decisions: number,
): Promise<Seen> {
  const open = await Promise.all(
    Array.from({ length: size }, async (_, index) => [
      await openStream(stack, `/v1/rollouts/${id}/events`, index, 'state'),
      await openStream(stack, '/v1/rollouts/events', index, 'changed'),
    ]),
  )
  const [rollouts, lists] = [open.map(([first]) => first!), open.map(([, second]) => second!)]
  // Until nobody loads any more and the pollers have calmed down.
  await pause(8_000)
  counts.clear()
  await pause(SECONDS * 1_000)
  const calls = new Map([...counts].map(([method, count]) => [method, count / SECONDS]))
  const delays: number[] = []
  for (let decision = 0; decision < decisions; decision += 1) {
    const verb = decision % 2 === 0 ? 'pause' : 'resume'
    const sent = performance.now()
    const heard = rollouts.map((stream) => stream.next().then((at) => at - sent))
    await stack.ask('zoe', 'POST', `/v1/rollouts/${id}/${verb}`)
    delays.push(...(await Promise.all(heard)))
    // What follows from the decision is told as well, and is not measured.
    await pause(1_500)
  }
  for (const stream of [...rollouts, ...lists]) stream.close()
  return { pages: size, calls, delays }
}

/** An event stream as a page holds it. */
async function openStream(stack: Stack, path: string, index: number, event: string) {
  const leaving = new AbortController()
  const token = viewers[index % viewers.length]?.token ?? ''
  const response = await fetch(stack.api.url + path, {
    headers: { authorization: `Bearer ${token}` },
    signal: leaving.signal,
  })
  if (!response.ok || !response.body) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  const waiting: ((at: number) => void)[] = []
  const read = async (body: AsyncIterable<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      if (!decoder.decode(chunk, { stream: true }).includes(`event: ${event}\n`)) continue
      const at = performance.now()
      for (const tell of waiting.splice(0)) tell(at)
    }
  }
  read(response.body as unknown as AsyncIterable<Uint8Array>).catch(() => undefined)
  return {
    /** When the next event of the kind came. */
    next: () => new Promise<number>((resolve) => waiting.push(resolve)),
    close: () => leaving.abort(),
  }
}

/** Calls to Temporal, by method. The type names grpc's class where its interface is meant, and passed on, too. */
function countInto(counts: Map<string, number>): Interceptor {
  return (options, nextCall) => {
    const method = options.method_definition.path.split('/').at(-1) ?? ''
    counts.set(method, (counts.get(method) ?? 0) + 1)
    return nextCall(options) as ReturnType<Interceptor>
  }
}

function tableOf(seen: readonly Seen[]): Table {
  const methods = [...new Set(seen.flatMap(({ calls }) => [...calls.keys()]))].toSorted()
  return {
    title: 'Open pages of one rollout, and as many of the list',
    columns: [
      'pages',
      ...methods.map((method) => `${method}/s`),
      'change seen, median ms',
      '99 %',
      'last page',
    ],
    rows: seen.map(({ pages: size, calls, delays }) => [
      size,
      ...methods.map((method) => (calls.get(method) ?? 0).toFixed(1)),
      ...[0.5, 0.99, 1].map((share) => Math.round(quantile(delays, share))),
    ]),
    note: 'Calls of the API process to Temporal while nothing happens. A change is a pause or resume, from sending it to its event on a page.',
  }
}

function aimsOf(seen: readonly Seen[]) {
  const [first, last] = [seen[0], seen.at(-1)]
  if (!first || !last) return []
  const total = ({ calls }: Seen): number => [...calls.values()].reduce((sum, each) => sum + each, 0)
  const slowest = Math.round(Math.max(...last.delays))
  return [
    {
      aim: `${last.pages} pages cost Temporal no more than ${first.pages}`,
      found: `${total(last).toFixed(1)} against ${total(first).toFixed(1)} calls a second`,
      met: total(last) <= total(first) * 1.2,
    },
    {
      aim: 'a change is on every page within a second',
      found: `${slowest} ms on the last of ${last.pages}`,
      met: slowest <= 1_000,
    },
  ]
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
