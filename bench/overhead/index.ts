import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { businessAlarm, exampleWorld } from '../../examples/world.ts'
import { lockId } from '../../rollout/target.ts'
import { startSandbox } from '../../sandbox/start.ts'
import { twoRegions } from '../../test/support/documents.ts'
import { startStackOn, type Stack } from '../../test/support/start-stack.ts'
import { rolloutWorkflowId } from '../../workflows/messages.ts'
import { startChild, type Child } from '../support/child.ts'
import { endpointSeed, oneWave, spots, versions, type Spot } from '../support/fleet-world.ts'
import { launchWorker } from '../support/launch-worker.ts'
import type { Aim, Bench, Table } from '../support/report.ts'
import { resultOf } from '../support/result-of.ts'
import { renderSpread, spread } from '../support/statistics.ts'
import { startSurroundings, type OwnSurroundings } from '../support/surroundings.ts'
import type { Replayed, ReplayJob } from './replayer.ts'
import { readCalls } from './recorded-call.ts'
import { covered, scriptOf } from './script.ts'
import { intervalsOf, kinds, timeBy } from './where.ts'

/** Looks at an endpoint that moves, document time; as `workflows/endpoint/settle.ts` does. */
const lookEveryMs = 10_000
const targets = 2

/** One rollout and the script that did the same; milliseconds. */
interface Pair {
  readonly rollout: Replayed
  /** What was under way meanwhile. */
  readonly parts: ReturnType<typeof timeBy>
  readonly script: Replayed
  readonly calls: number
  readonly activities: number
  readonly workflowTasks: number
}

/** A rollout with bakes of no length against a plain script that makes the same calls in the same order. Sizes are clock rates. */
export const overhead: Bench = async ({ quick, sizes: rates = quick ? [150] : [1, 10, 60], say }) => {
  const surroundings = await startSurroundings()
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'))
  try {
    const measured: { readonly rate: number; readonly pairs: readonly Pair[] }[] = []
    for (const rate of rates) {
      const runs = quick || rate === 1 ? 1 : 3
      const pairs = await measureAt(surroundings, folder, rate, runs, (line) =>
        say(`clock rate ${rate}: ${line}`),
      )
      measured.push({ rate, pairs })
    }
    return {
      tables: [ratioTable(measured), ...measured.map(({ rate, pairs }) => partsTable(rate, pairs))],
      aims: measured.filter(({ rate }) => rate === 1 || rates.length === 1).map(aimOf),
    }
  } finally {
    await surroundings.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measureAt(
  surroundings: OwnSurroundings,
  folder: string,
  clockRate: number,
  runs: number,
  say: (line: string) => void,
): Promise<readonly Pair[]> {
  const file = join(folder, `calls-${clockRate}`)
  const options = { versions: await versions() }
  const stack = await startStackOn(surroundings, {
    ...options,
    clockRate,
    launchWorker: (launch) =>
      launchWorker('bench/overhead/worker-process.ts', launch, { BENCH_RECORDING: file }),
  })
  // The script's own world: the same accounts, endpoints and latencies, untouched by the rollout.
  const other = await startSandbox({
    clockRate,
    seed: exampleWorld({ ...options, accounts: stack.accounts }),
  })
  const script = startChild('bench/overhead/replayer.ts')
  try {
    const pairs: Pair[] = []
    // The first of several only warms both processes up.
    for (let run = runs > 1 ? 0 : 1; run <= runs; run++) {
      const of = spots(stack.accounts, targets, `run-${run}`)
      await stack.seed(endpointSeed(of))
      await seed(other.url, endpointSeed(of))
      await writeFile(file, '')
      const pair = await measure(stack, script, { of, file, endpoint: other.url, clockRate })
      if (run > 0) pairs.push(pair)
      say(`rollout ${seconds(pair.rollout.totalMs)} s, script ${seconds(pair.script.totalMs)} s`)
    }
    return pairs
  } finally {
    await script.close()
    await other.close()
    await stack.close()
  }
}

async function seed(url: string, body: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${url}/_sandbox/seed`, { method: 'POST', body: JSON.stringify(body) })
  if (!response.ok) throw new Error(await response.text())
}

async function measure(
  stack: Stack,
  script: Child,
  given: {
    readonly of: readonly Spot[]
    readonly file: string
    readonly endpoint: string
    readonly clockRate: number
  },
): Promise<Pair> {
  const began = performance.timeOrigin + performance.now()
  const id = await stack.start(
    twoRegions({
      accounts: stack.accounts,
      production: {
        // A document must bake at some time; a second that is judged at once is the least.
        strategy: { steps: [{ weight: 10 }, { weight: 100 }, { bake: '1s' }] },
        watch: { alarms: [businessAlarm], pollEvery: '15s', settle: '0s', minInvocations: 0 },
        waves: oneWave(given.of),
        keepPrevious: '0s',
      },
    }),
  )
  await resultOf(stack, id, 'Succeeded')
  const handle = stack.client.workflow.getHandle(rolloutWorkflowId(id))
  const { closeTime } = await handle.describe()
  const ids = [
    rolloutWorkflowId(id),
    ...given.of.map(({ id: account, region, endpoint }) => lockId(`${account}/${region}/${endpoint}`)),
  ]
  const histories = await Promise.all(ids.map((one) => stack.client.workflow.getHandle(one).fetchHistory()))
  const events = histories.flatMap((history) => history.events ?? [])
  // The recording is written a few times a second.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const steps = scriptOf(await readCalls(given.file))
  const calls = steps.filter(({ kind }) => kind === 'call')
  const job: ReplayJob = {
    file: given.file,
    endpoint: given.endpoint,
    pollEveryMs: Math.max(200, lookEveryMs / given.clockRate),
  }
  script.send(job)
  return {
    rollout: {
      totalMs: (closeTime?.getTime() ?? 0) - began,
      callsMs: covered(calls),
      waitsMs: covered(
        steps.filter(({ kind }) => kind === 'wait'),
        calls,
      ),
    },
    script: await script.next<Replayed>(),
    parts: timeBy(
      intervalsOf(
        steps,
        histories.map((history) => history.events ?? []),
      ),
    ),
    calls: steps.length,
    activities: events.filter((event) => event.activityTaskScheduledEventAttributes != null).length,
    workflowTasks: events.filter((event) => event.workflowTaskCompletedEventAttributes != null).length,
  }
}

const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(1)
const ratioOf = ({ rollout, script }: Pair): number => rollout.totalMs / script.totalMs

function ratioTable(measured: readonly { readonly rate: number; readonly pairs: readonly Pair[] }[]): Table {
  return {
    title: `A rollout over ${targets} targets without bakes, against a script with the same calls: median (smallest–largest)`,
    columns: [
      'clock rate',
      'runs',
      'rollout, s',
      'script, s',
      'rollout ÷ script',
      'calls and waits',
      'activities',
      'workflow tasks',
    ],
    rows: measured.map(({ rate, pairs }) => [
      rate,
      pairs.length,
      renderSpread(spread(pairs.map(({ rollout }) => rollout.totalMs / 1_000)), 1),
      renderSpread(spread(pairs.map(({ script }) => script.totalMs / 1_000)), 1),
      renderSpread(spread(pairs.map(ratioOf))),
      spread(pairs.map(({ calls }) => calls)).median,
      spread(pairs.map(({ activities }) => activities)).median,
      spread(pairs.map(({ workflowTasks }) => workflowTasks)).median,
    ]),
    note: 'At clock rate 1 SageMaker takes as long as it does by default in the sandbox (an update 90 s, weights 20 s); at others it is so many times faster, and what is ours weighs more.',
  }
}

function partsTable(rate: number, pairs: readonly Pair[]): Table {
  const told = (of: (pair: Pair) => number): string =>
    renderSpread(spread(pairs.map((pair) => of(pair) / 1_000)), 1)
  const script: Readonly<Record<string, (script: Replayed) => number>> = {
    [kinds[0]]: ({ callsMs }) => callsMs,
    [kinds[1]]: ({ waitsMs }) => waitsMs,
  }
  const row = (what: string, ours: (pair: Pair) => number, its?: (script: Replayed) => number) => [
    what,
    told(ours),
    its ? told((pair) => its(pair.script)) : '',
    told((pair) => ours(pair) - (its?.(pair.script) ?? 0)),
  ]
  const rest = ({ rollout, parts }: Pair): number =>
    rollout.totalMs - kinds.reduce((sum, kind) => sum + parts[kind], 0)
  return {
    title: `Where the time goes at clock rate ${rate}, seconds`,
    columns: ['while, and nothing of the rows above', 'rollout', 'script', 'more'],
    rows: [
      ...kinds.map((kind) => row(kind, ({ parts }) => parts[kind], script[kind])),
      row('none of these: the API, and on the way between processes', rest),
      row(
        'all',
        ({ rollout }) => rollout.totalMs,
        ({ totalMs }) => totalMs,
      ),
    ],
  }
}

function aimOf({ rate, pairs }: { readonly rate: number; readonly pairs: readonly Pair[] }): Aim {
  const { median } = spread(pairs.map(ratioOf))
  return {
    aim: `at most 1.5 times the time of a plain script (clock rate ${rate})`,
    found: `${median.toFixed(2)} times`,
    met: median <= 1.5,
  }
}
