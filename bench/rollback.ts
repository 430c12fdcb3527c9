import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import { businessAlarm } from '../examples/world.ts'
import type { RolloutView } from '../rollout/view.ts'
import { startSurroundings } from './support/surroundings.ts'
import { twoRegions } from '../test/support/documents.ts'
import { startStackOn, type Stack } from '../test/support/start-stack.ts'
import { endpointSeed, oneWave, spots, versions, type Spot } from './support/fleet-world.ts'
import type { Bench, Table } from './support/report.ts'
import { renderSpread, spread } from './support/statistics.ts'

/** The document's `pollEvery`, seconds; nothing is scaled. */
const pollEvery = 15
/** What a rollback may take beyond the poll that notices the alarm, seconds. */
const aim = pollEvery + 2

/** One rollback, in seconds after the alarm's change of state. */
interface RolledBack {
  readonly targets: number
  readonly noticed: number
  readonly firstWeights: number
  readonly lastWeights: number
}

/** From the alarm's change of state to the weights restored in every Region. */
export const rollback: Bench = async ({ quick, sizes: fleets = quick ? [2] : [1, 10, 50], say }) => {
  const runs = quick ? 1 : 3
  const surroundings = await startSurroundings()
  try {
    const stack = await startStackOn(surroundings, {
      clockRate: 1,
      versions: await versions(),
      // What SageMaker itself takes to move weights is none of ours.
      sagemaker: { updateMs: 0, weightsMs: 0, createMs: 0 },
    })
    try {
      const seen: RolledBack[] = []
      for (const targets of fleets) {
        for (let run = 1; run <= runs; run++) {
          say(`${targets} targets, run ${run}`)
          const one = await measure(stack, targets)
          seen.push(one)
          say(JSON.stringify(one))
        }
      }
      return { tables: [tableOf(fleets, seen)], aims: fleets.map((targets) => aimOf(targets, seen)) }
    } finally {
      await stack.close()
    }
  } finally {
    await surroundings.close()
  }
}

let series = 0

async function measure(stack: Stack, targets: number): Promise<RolledBack> {
  series += 1
  const of = spots(stack.accounts, targets, `run-${series}`)
  await stack.seed(endpointSeed(of, 1))
  const id = await stack.start(
    twoRegions({
      accounts: stack.accounts,
      production: {
        strategy: { canary: { percent: 10, bake: '2h' } },
        waves: oneWave(of),
        watch: { alarms: [businessAlarm], pollEvery: `${pollEvery}s`, settle: '1m', minInvocations: 1 },
      },
    }),
  )
  await stack.until(id, (view) => view.phase === 'Baking', 1_200)
  // The polls of the targets are spread over the interval by then, as they are at any time of a real bake.
  await pause(Math.random() * pollEvery * 1_000)
  const alarmAt = await setAlarm(stack, of[0], 'ALARM')
  await stack.ended(id, 1_200)
  await setAlarm(stack, of[0], 'OK')
  const view = await wholeView(stack, id)
  if (view.outcome !== 'RolledBack') throw new Error(`the rollout ended ${view.outcome}: ${view.reason}`)
  const restored = restoredAt(stack, of, alarmAt)
  if (restored.length !== targets) throw new Error(`${restored.length} of ${targets} targets were put back`)
  const after = (at: number): number => (at - alarmAt) / 1_000
  const verdict = view.timeline.find((entry) => entry.kind === 'verdict')
  return {
    targets,
    noticed: after(Date.parse(verdict?.at ?? '')),
    firstWeights: after(Math.min(...restored)),
    lastWeights: after(Math.max(...restored)),
  }
}

/** A worker that is busy may not answer in time; the view is then what Temporal knows without it. */
async function wholeView(stack: Stack, id: string): Promise<RolloutView> {
  for (;;) {
    const view = await stack.view(id)
    if ((view as Partial<RolloutView>).timeline !== undefined) return view
  }
}

/** Sets the team's alarm in one Region; returns when that was, by the clock that everything here shares. */
async function setAlarm(stack: Stack, spot: Spot | undefined, state: 'ALARM' | 'OK'): Promise<number> {
  const client = new CloudWatchClient({
    endpoint: stack.sandbox.url,
    region: spot?.region ?? '',
    credentials: { accessKeyId: `AKIA${spot?.id}`, secretAccessKey: 'any' },
  })
  await client.send(
    new SetAlarmStateCommand({
      AlarmName: businessAlarm,
      StateValue: state,
      StateReason: 'set by the bench',
    }),
  )
  return Date.now()
}

/** When SageMaker took each endpoint's weights back. */
function restoredAt(stack: Stack, of: readonly Spot[], since: number): readonly number[] {
  const calls = stack.sandbox.world.calls
    .list()
    .filter(({ operation, status }) => operation === 'UpdateEndpointWeightsAndCapacities' && status === 200)
  return of.flatMap(({ endpoint, region }) => {
    const last = calls.findLast(
      (call) => call.region === region && call.summary.split(' ').includes(`EndpointName=${endpoint}`),
    )
    const at = Date.parse(last?.time ?? '')
    return at >= since ? [at] : []
  })
}

function tableOf(fleets: readonly number[], seen: readonly RolledBack[]): Table {
  return {
    title: `From the alarm's change of state, seconds: median (smallest–largest); alarms polled every ${pollEvery} s`,
    columns: [
      'targets',
      'runs',
      'noticed',
      'first weights back',
      'all weights back',
      'from notice to all back',
    ],
    rows: fleets.map((targets) => {
      const runs = seen.filter((one) => one.targets === targets)
      const told = (of: (one: RolledBack) => number): string => renderSpread(spread(runs.map(of)), 1)
      return [
        targets,
        runs.length,
        told(({ noticed }) => noticed),
        told(({ firstWeights }) => firstWeights),
        told(({ lastWeights }) => lastWeights),
        told(({ lastWeights, noticed }) => lastWeights - noticed),
      ]
    }),
    note: 'One alarm turns red, in one Region; every target in every Region goes back. Real time; what SageMaker itself takes to move weights is set to nothing.',
  }
}

function aimOf(targets: number, seen: readonly RolledBack[]) {
  const most = Math.max(
    ...seen.filter((one) => one.targets === targets).map(({ lastWeights }) => lastWeights),
  )
  return {
    aim: `${targets} targets: all weights back within the poll interval + 2 s (${aim} s)`,
    found: `${most.toFixed(1)} s at the most`,
    met: most <= aim,
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
