import { businessAlarm } from '../examples/world.ts'
import { lockId } from '../rollout/target.ts'
import { phases } from '../rollout/phases.ts'
import { rolloutWorkflowId } from '../workflows/messages.ts'
import { twoRegions } from '../test/support/documents.ts'
import { startStackOn, type Stack } from '../test/support/start-stack.ts'
import { endpointSeed, oneWave, spots, versions } from './support/fleet-world.ts'
import {
  keptHistory,
  phaseStarts,
  timeOf,
  type HistoryEvent,
  type KeptHistory,
} from './support/kept-history.ts'
import type { Bench, Findings, Table } from './support/report.ts'
import { resultOf } from './support/result-of.ts'
import { startSurroundings } from './support/surroundings.ts'

/** A day in a minute. */
const clockRate = 1_440

/** A rollout's histories when it has ended. */
interface Measured {
  readonly targets: number
  readonly bake: string
  readonly rollout: KeptHistory
  readonly endpoints: readonly KeptHistory[]
}

/** What a rollout costs Temporal: events by phase, whatever a bake lasts, and by the number of targets. */
export const history: Bench = async ({
  quick,
  sizes: fleets = quick ? [1, 2] : [1, 2, 5, 10, 20],
  say,
}): Promise<Findings> => {
  const bakes = quick ? ['1m', '1h'] : ['1m', '1h', '24h']
  const surroundings = await startSurroundings()
  try {
    const stack = await startStackOn(surroundings, {
      clockRate,
      versions: await versions(),
      // The bakes are what lasts; SageMaker does the rest at once.
      sagemaker: { updateMs: 0, weightsMs: 0, createMs: 0 },
    })
    try {
      const byBake: Measured[] = []
      for (const bake of bakes) {
        say(`two targets, a bake of ${bake}`)
        byBake.push(await measure(stack, 2, bake))
      }
      const byFleet: Measured[] = []
      for (const count of fleets) {
        say(`${count} targets`)
        byFleet.push(await measure(stack, count, '1m'))
      }
      return { tables: [phaseTable(byBake[0]), bakeTable(byBake), fleetTable(byFleet)], aims: aimsOf(byBake) }
    } finally {
      await stack.close()
    }
  } finally {
    await surroundings.close()
  }
}

let series = 0

async function measure(stack: Stack, targets: number, bake: string): Promise<Measured> {
  series += 1
  const of = spots(stack.accounts, targets, `run-${series}`)
  await stack.seed(endpointSeed(of))
  const document = twoRegions({
    accounts: stack.accounts,
    production: {
      strategy: { canary: { percent: 10, bake } },
      waves: oneWave(of),
      // Business as usual for the whole bake: the team's own alarm stays OK.
      watch: { alarms: [businessAlarm], pollEvery: '15s', settle: '1m', minInvocations: 10 },
    },
  })
  const id = await stack.start(document)
  await resultOf(stack, id, 'Succeeded')
  return {
    targets,
    bake,
    rollout: await keptHistory(stack, rolloutWorkflowId(id)),
    endpoints: await Promise.all(
      of.map(({ id: account, region, endpoint }) =>
        keptHistory(stack, lockId(`${account}/${region}/${endpoint}`)),
      ),
    ),
  }
}

function phaseTable(measured: Measured | undefined): Table {
  if (!measured) throw new RangeError('nothing was measured')
  const starts = phaseStarts(measured.rollout)
  const phaseAt = (at: number): string => starts.findLast((start) => start.at <= at)?.phase ?? 'Preflight'
  const count = (events: readonly HistoryEvent[], phase: string): number =>
    events.filter((event) => phaseAt(timeOf(event)) === phase).length
  const seen = phases.filter((phase) => starts.some((start) => start.phase === phase))
  const rows = seen.map((phase) => [
    phase,
    count(measured.rollout.events, phase),
    ...measured.endpoints.map(({ events }) => count(events, phase)),
  ])
  const total = [measured.rollout, ...measured.endpoints].map(({ events }) => events.length)
  return {
    title: `Events by phase: a rollout over ${measured.targets} targets with a canary of 10 % and then 100 %`,
    columns: ['phase', 'rollout', ...measured.endpoints.map((_, index) => `endpoint ${index + 1}`)],
    rows: [...rows, ['all', ...total]],
  }
}

/**
 * What a rollout itself adds, without the three events of each workflow task: how many of those there are depends on what
 * happens to arrive together.
 */
function ownEvents({ rollout, endpoints }: Measured): number {
  const own = [rollout, ...endpoints].flatMap(({ events }) =>
    events.filter((event) => !isWorkflowTask(event)),
  )
  return own.length
}

function isWorkflowTask(event: HistoryEvent): boolean {
  return (
    event.workflowTaskScheduledEventAttributes != null ||
    event.workflowTaskStartedEventAttributes != null ||
    event.workflowTaskCompletedEventAttributes != null
  )
}

function allEvents({ rollout, endpoints }: Measured): number {
  return [rollout, ...endpoints].reduce((sum, { events }) => sum + events.length, 0)
}

function bakeTable(measured: readonly Measured[]): Table {
  return {
    title: 'Events by the length of the bake, alarms polled every 15 s: the rollout and its two endpoints',
    columns: ['bake', 'polls in it', 'events', 'without workflow tasks', 'bytes'],
    rows: measured.map((one) => [
      one.bake,
      secondsOf(one.bake) / 15,
      allEvents(one),
      ownEvents(one),
      bytesOf(one),
    ]),
    note: `Played at ${clockRate} times the speed, on a real Temporal server. How many workflow tasks there are (three events each) depends on what arrives together, not on the bake.`,
  }
}

function secondsOf(bake: string): number {
  return Number.parseInt(bake, 10) * ({ m: 60, h: 3_600 }[bake.at(-1) ?? ''] ?? 1)
}

function bytesOf({ rollout, endpoints }: Measured): number {
  return [rollout, ...endpoints].reduce((sum, { bytes }) => sum + bytes, 0)
}

function fleetTable(measured: readonly Measured[]): Table {
  return {
    title: 'Events by the number of targets, all in one wave',
    columns: [
      'targets',
      'rollout',
      'for each target',
      'bytes of the rollout',
      'its largest event',
      'an endpoint (the most)',
    ],
    rows: measured.map(({ targets, rollout, endpoints }) => [
      targets,
      rollout.events.length,
      rollout.events.length / targets,
      rollout.bytes,
      rollout.largest,
      Math.max(...endpoints.map(({ events }) => events.length)),
    ]),
    note: 'Temporal ends a workflow at 51,200 events or 50 MiB, and refuses a payload above 2 MiB.',
  }
}

function aimsOf(byBake: readonly Measured[]): Findings['aims'] {
  const [shortest, longest] = [byBake[0], byBake.at(-1)]
  if (!shortest || !longest) return []
  return [
    {
      aim: `a bake of ${longest.bake} adds as many events as one of ${shortest.bake} (workflow tasks apart)`,
      found: `${ownEvents(longest)} and ${ownEvents(shortest)}`,
      met: ownEvents(longest) === ownEvents(shortest),
    },
  ]
}
