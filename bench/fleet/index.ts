import { randomUUID } from 'node:crypto'
import type { WorldAccounts } from '../../examples/world.ts'
import { parseDocument } from '../../rollout/document/parse.ts'
import type { Phase } from '../../rollout/phases.ts'
import { rolloutWorkflow, rolloutWorkflowId, type RolloutInput } from '../../workflows/messages.ts'
import { startSurroundings, type OwnSurroundings } from '../support/surroundings.ts'
import { twoRegions } from '../../test/support/documents.ts'
import type { Stack } from '../../test/support/start-stack.ts'
import type { Child } from '../support/child.ts'
import { endpointSeed, oneWave, spots, type Spot } from '../support/fleet-world.ts'
import { usageOf, watchMemory } from '../support/process-usage.ts'
import type { Aim, Bench, BenchOptions, Table } from '../support/report.ts'
import { startWithWorker } from '../support/start-with-worker.ts'
import { quantile } from '../support/statistics.ts'
import { pollEveryMs, type Looks } from './looks.ts'

/** What one size of fleet came to. */
interface Measured {
  readonly rollouts: number
  readonly seconds: number
  readonly looks: Looks
  /** Resident memory of the worker, MiB: the most during the measurement. */
  readonly workerMiB: number
  /** Cores that each process used, on average. */
  readonly cores: Readonly<Record<'worker' | 'temporal' | 'api' | 'aws', number>>
  /** From sending an abort to its answer, milliseconds. */
  readonly aborts: readonly number[]
}

const pollEvery = pollEveryMs / 1_000
const startsAtOnce = 96
const mostAborts = 100

/** Many rollouts that bake at once, each with its endpoint and its own alarm, on one worker process. Real time. */
export const fleet: Bench = async ({ quick, sizes = quick ? [5, 10] : [500, 2_000], say }) => {
  const seconds = quick ? 30 : 120
  const surroundings = await startSurroundings()
  try {
    const { stack, worker, api } = await startWithWorker(surroundings, 1, 'bench/fleet/worker-process.ts')
    try {
      // All at once: with more than 200 in an account and Region nobody counts the instances of all at every start.
      const free = [...spots(stack.accounts, Math.max(...sizes) + mostAborts * sizes.length, 'fleet')]
      await stack.seed(endpointSeed(free, 0))
      const measured: Measured[] = []
      const baking: string[] = []
      for (const size of sizes) {
        baking.push(...(await startMore(stack, free.splice(0, size - baking.length), say)))
        const one = await measure({ stack, worker, api, surroundings, baking, seconds, say })
        measured.push(one)
        say(
          `${size}: ${JSON.stringify({ ...one, looks: { ...one.looks, lateness: one.looks.lateness.length } })}`,
        )
      }
      return { tables: [loadTable(measured), latenessTable(measured)], aims: measured.flatMap(aimsOf) }
    } finally {
      await stack.close()
    }
  } finally {
    await surroundings.close()
  }
}

/**
 * Starts rollouts, a few at a time, and waits until every one of them bakes. Returns their ids. Neither planned beforehand nor
 * asked how they are: that would be most of the work, and is not what is measured.
 */
async function startMore(
  stack: Stack,
  of: readonly Spot[],
  say: BenchOptions['say'],
): Promise<readonly string[]> {
  const count = of.length
  const counted = async (phase: Phase): Promise<number> =>
    (await stack.client.workflow.count(`SluicePhase = "${phase}" AND ExecutionStatus = "Running"`)).count
  const before = await counted('Baking')
  const began = performance.now()
  const ids: string[] = []
  let told = 0
  for (let baking = 0; baking < count; baking = (await counted('Baking')) - before) {
    const more = of.slice(ids.length, baking + startsAtOnce)
    ids.push(...(await Promise.all(more.map((spot) => start(stack, spot)))))
    if (baking >= told + 50) {
      told = baking
      say(`${baking} of ${count} bake after ${Math.round((performance.now() - began) / 1_000)} s`)
    }
    await pause(500)
  }
  return ids
}

/** As the API does once it has planned. */
async function start({ client, taskQueue, accounts }: Stack, spot: Spot): Promise<string> {
  const rolloutId = `fraud-scorer-38-${randomUUID().slice(0, 8)}`
  const parsed = parseDocument(JSON.stringify(documentFor(accounts, spot)))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const input: RolloutInput = {
    rolloutId,
    document: parsed.document,
    startedBy: { name: 'zoe', roles: ['operator'], groups: [] },
  }
  await client.workflow.start(rolloutWorkflow, {
    workflowId: rolloutWorkflowId(rolloutId),
    taskQueue,
    args: [input],
  })
  return rolloutId
}

function documentFor(accounts: WorldAccounts, spot: Spot): Record<string, unknown> {
  return twoRegions({
    accounts,
    production: {
      strategy: { canary: { percent: 10, bake: '24h' } },
      waves: oneWave([spot]),
      watch: {
        alarms: [{ metric: 'Invocation5XXErrors', stat: 'Average', above: 0.05, breaches: '1 of 1' }],
        pollEvery: `${pollEvery}s`,
        minInvocations: 1,
      },
    },
  })
}

interface Measurement {
  readonly stack: Stack
  readonly worker: Child
  readonly api: Child
  readonly surroundings: OwnSurroundings
  readonly baking: string[]
  readonly seconds: number
  readonly say: BenchOptions['say']
}

async function measure(given: Measurement): Promise<Measured> {
  const { stack, worker, api, surroundings, baking, seconds, say } = given
  const rollouts = baking.length
  say(`${rollouts} bake; watching for ${seconds} s`)
  const pids = {
    worker: worker.pid,
    temporal: surroundings.temporal.pid,
    api: api.pid,
    // The simulated AWS is in this process.
    aws: process.pid,
  }
  const cpu = async (): Promise<Measured['cores']> => ({
    worker: (await usageOf(pids.worker)).cpuSeconds,
    temporal: (await usageOf(pids.temporal)).cpuSeconds,
    api: (await usageOf(pids.api)).cpuSeconds,
    aws: (await usageOf(pids.aws)).cpuSeconds,
  })
  await pause(2 * pollEvery * 1_000)
  worker.send('begin')
  await worker.next<Looks>()
  const memory = watchMemory(worker.pid, 1_000)
  const [before, began] = [await cpu(), performance.now()]
  await pause(seconds * 1_000)
  worker.send('end')
  const looks = await worker.next<Looks>()
  const [after, took] = [await cpu(), (performance.now() - began) / 1_000]
  const aborts = await abortSome(stack, baking, Math.min(mostAborts, Math.ceil(rollouts / 5)))
  return {
    rollouts,
    seconds: took,
    looks,
    workerMiB: Math.max(...memory.stop()),
    cores: {
      worker: (after.worker - before.worker) / took,
      temporal: (after.temporal - before.temporal) / took,
      api: (after.api - before.api) / took,
      aws: (after.aws - before.aws) / took,
    },
    aborts,
  }
}

/** Aborts some of them, two a second; takes them from the list. One that is not answered in time is asked for again. */
async function abortSome(stack: Stack, baking: string[], count: number): Promise<readonly number[]> {
  const took: number[] = []
  for (const id of baking.splice(0, count)) {
    const decisionId = randomUUID()
    const began = performance.now()
    for (let known = false; !known;) {
      const path = `/v1/rollouts/${id}/abort`
      const { status, body } = await stack.ask('zoe', 'POST', path, { comment: 'bench', decisionId })
      known = status === 200
      if (!known && status !== 503) throw new Error(`abort: ${status} ${JSON.stringify(body)}`)
    }
    took.push(performance.now() - began)
    await pause(500)
  }
  return took
}

function loadTable(measured: readonly Measured[]): Table {
  return {
    title: `Rollouts that bake at once on one worker process, alarms polled every ${pollEvery} s`,
    columns: [
      'rollouts',
      'looks a minute',
      'DescribeAlarms a minute',
      'looks for each call',
      'worker RSS, MiB',
      'cores: worker',
      'Temporal',
      'API',
      'simulated AWS',
    ],
    rows: measured.map(({ rollouts, seconds, looks, workerMiB, cores }) => [
      rollouts,
      Math.round((looks.looks / seconds) * 60),
      Math.round((looks.describeAlarms / seconds) * 60),
      looks.looks / Math.max(1, looks.describeAlarms),
      Math.round(workerMiB),
      cores.worker,
      cores.temporal,
      cores.api,
      cores.aws,
    ]),
    note: 'Over three accounts and Regions; each rollout has one endpoint, and an alarm of its own.',
  }
}

function latenessTable(measured: readonly Measured[]): Table {
  const told = (values: readonly number[]): readonly number[] =>
    [0.5, 0.9, 0.99, 1].map((share) => Math.round(quantile(values, share)))
  return {
    title: 'How late looks are, and how long until an abort is recorded, milliseconds',
    columns: ['rollouts', 'what', 'samples', 'p50', 'p90', 'p99', 'most'],
    rows: measured.flatMap(({ rollouts, looks, aborts }) => [
      [rollouts, 'between two looks, beyond 15 s', looks.lateness.length, ...told(looks.lateness)],
      [rollouts, 'an abort is recorded', aborts.length, ...told(aborts)],
    ]),
  }
}

function aimsOf({ rollouts, seconds, looks, workerMiB, aborts }: Measured): readonly Aim[] {
  const late = quantile(looks.lateness, 0.99)
  const abort = quantile(aborts, 0.99)
  const expected = (rollouts * seconds) / pollEvery
  return [
    {
      aim: `${rollouts} rollouts: polls on time (p99 at most 2 s late, and at least 90 % of those that should be)`,
      found: `p99 ${Math.round(late)} ms, ${Math.round((looks.looks / expected) * 100)} %`,
      met: late <= 2_000 && looks.looks >= 0.9 * expected,
    },
    {
      aim: `${rollouts} rollouts: DescribeAlarms calls are shared`,
      found: `${(looks.looks / Math.max(1, looks.describeAlarms)).toFixed(1)} looks a call`,
      met: looks.describeAlarms < looks.looks,
    },
    {
      aim: `${rollouts} rollouts: worker under 1 GiB`,
      found: `${Math.round(workerMiB)} MiB`,
      met: workerMiB < 1_024,
    },
    {
      aim: `${rollouts} rollouts: an abort is recorded within 1 s (p99)`,
      found: `${Math.round(abort)} ms`,
      met: abort <= 1_000,
    },
  ]
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
