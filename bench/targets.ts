import { businessAlarm } from '../examples/world.ts'
import type { RolloutView } from '../rollout/view.ts'
import { rolloutWorkflowId } from '../workflows/messages.ts'
import { twoRegions } from '../test/support/documents.ts'
import type { Stack } from '../test/support/start-stack.ts'
import { endpointSeed, oneWave, spots } from './support/fleet-world.ts'
import type { Child } from './support/child.ts'
import { keptHistory, phaseStarts, type KeptHistory } from './support/kept-history.ts'
import { watchMemory } from './support/process-usage.ts'
import type { Bench, Findings, Table } from './support/report.ts'
import { resultOf } from './support/result-of.ts'
import { startWithWorker } from './support/start-with-worker.ts'
import { startSurroundings } from './support/surroundings.ts'

/** SageMaker takes no time and bakes a few seconds, so that what is left is ours; its patience is half a minute. */
const clockRate = 20

/** Temporal refuses a larger payload. */
const mostBytes = 2 * 1024 * 1024
/** The API gives a plan so long. */
const mostPlanMs = 60_000

interface Measured {
  readonly targets: number
  readonly startedMs: number
  /** When it was asked for, milliseconds since 1970. */
  readonly asked: number
  readonly endedMs: number
  readonly history: KeptHistory
  readonly viewBytes: number
  readonly viewMs: number
  readonly workerMiB: number
}

/** One rollout over as many targets as a document may have, all in one wave, from the request to the record. */
export const targets: Bench = async ({ quick, sizes = quick ? [6] : [200], say }): Promise<Findings> => {
  const surroundings = await startSurroundings()
  try {
    const { stack, worker } = await startWithWorker(
      surroundings,
      clockRate,
      'bench/support/worker-process.ts',
    )
    try {
      const measured: Measured[] = []
      for (const size of sizes) {
        say(`${size} targets`)
        measured.push(await measure(stack, worker, size))
      }
      return {
        tables: [...measured.map(phaseTable), sizeTable(measured)],
        aims: measured.flatMap(aimsOf),
      }
    } finally {
      await stack.close()
    }
  } finally {
    await surroundings.close()
  }
}

async function measure(stack: Stack, worker: Child, size: number): Promise<Measured> {
  const of = spots(stack.accounts, size, `of-${size}`)
  await stack.seed(endpointSeed(of, 1))
  const bucket = `audit-${stack.accounts.prodEu}`
  const document = twoRegions({
    accounts: stack.accounts,
    record: { account: 'prod-eu', to: `s3://${bucket}/sluice/` },
    production: {
      strategy: { canary: { percent: 10, bake: '1m' } },
      waves: oneWave(of),
      watch: { alarms: [businessAlarm], pollEvery: '15s', settle: '1m', minInvocations: 0 },
    },
  })
  const memory = watchMemory(worker.pid, 500)
  const asked = Date.now()
  const id = await stack.start(document)
  const startedMs = Date.now() - asked
  const { record } = await resultOf(stack, id, 'Succeeded')
  if (record === undefined) throw new Error('no record was written')
  const endedMs = Date.now() - asked
  const looked = Date.now()
  const view: RolloutView & { readonly stale?: boolean } = await stack.view(id)
  const viewMs = Date.now() - looked
  if (view.stale) throw new Error('the worker did not answer for its rollout in time')
  return {
    targets: size,
    startedMs,
    asked,
    endedMs,
    history: await keptHistory(stack, rolloutWorkflowId(id)),
    viewBytes: JSON.stringify(view).length,
    viewMs,
    workerMiB: Math.max(...memory.stop()),
  }
}

function phaseTable({ targets: size, startedMs, asked, endedMs, history }: Measured): Table {
  const starts = phaseStarts(history)
  const rows = starts.map(({ phase, at, index }) => [phase, (at - asked) / 1_000, index])
  return {
    title: `A rollout over ${size} targets in one wave: when each phase begins`,
    columns: ['phase', 'seconds after the request', 'events of the rollout before it'],
    rows: [
      ['the API has planned and answers', startedMs / 1_000, 0],
      ...rows,
      ['over, with its record', endedMs / 1_000, history.events.length],
    ],
    note: `At clock rate ${clockRate}, on endpoints that change at once.`,
  }
}

function sizeTable(measured: readonly Measured[]): Table {
  return {
    title: 'What it weighs',
    columns: [
      'targets',
      'events',
      'history, bytes',
      'largest event, bytes',
      'view, bytes',
      'view answered, ms',
      'worker RSS, MiB',
    ],
    rows: measured.map((one) => [
      one.targets,
      one.history.events.length,
      one.history.bytes,
      one.history.largest,
      one.viewBytes,
      one.viewMs,
      one.workerMiB,
    ]),
    note: 'The largest event is the plan. The view is asked of a workflow that has ended, whose history is read again for it.',
  }
}

function aimsOf({ targets: size, startedMs, history }: Measured): Findings['aims'] {
  const MiB = (history.largest / 1024 / 1024).toFixed(2)
  return [
    {
      aim: `${size} targets: planned and started within the API's ${mostPlanMs / 1_000} s`,
      found: `${(startedMs / 1_000).toFixed(1)} s`,
      met: startedMs < mostPlanMs,
    },
    {
      aim: `${size} targets: no payload comes to half of the 2 MiB that Temporal takes`,
      found: `${MiB} MiB`,
      met: history.largest < mostBytes / 2,
    },
  ]
}
