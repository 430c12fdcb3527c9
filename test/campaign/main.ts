import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { allPoints } from './points.ts'
import { play } from './play.ts'
import { randomPoint, randomPoints, type Case } from './random.ts'
import { freshRecording, loadRecording, recordPaths, type Recording } from './recording.ts'
import { writeReport } from './report.ts'
import { addResult, isShared, readResults, tidyResults } from './results.ts'
import { runPoints } from './run.ts'
import type { Scenario } from './scenario.ts'
import { simplestFailure } from './shrink.ts'
import { openLane, type Lane } from './stage.ts'
import { summarize } from './summary.ts'
import { startMortalTemporal, startSurroundings } from './surroundings.ts'
import { loadWorld } from './world.ts'

const usage = `npm run campaign -- [options]            the points of the campaign
npm run campaign -- random [options]     random documents, faults and messages

  --only ID          one point, or with a * at its end all that begin so; 'ID + ID' for points that shared a rollout
  --kind KIND        points of one kind, such as "crash before"
  --shard 1/4        one of so many equal shares
  --parallel N       rollouts side by side; default 4
  --together N       points of one path that may share a rollout; default 4
  --clock N          how many times faster waits are; lower it where the machine is busy; default 60
  --seed N           of everything drawn by lot; default 1
  --again            also points that have passed already
  --minutes N        begins no point after so long
  --runs N           how many random ones; default 20
  --simplify N       of a random one that --only names and that fails, finds the simplest that fails, in at most N rollouts
  --report           writes the matrix into docs/reliability.md and runs none
  --list             prints the points and runs none
  --results FILE     default test/campaign/results.jsonl, which is kept
  --help
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    kind: { type: 'string' },
    shard: { type: 'string', default: '1/1' },
    parallel: { type: 'string', default: '4' },
    together: { type: 'string', default: '4' },
    clock: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    again: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    runs: { type: 'string', default: '20' },
    simplify: { type: 'string' },
    report: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    results: { type: 'string', default: 'test/campaign/results.jsonl' },
    help: { type: 'boolean', default: false },
  },
})

const root = join(import.meta.dirname, '..', '..')
const out = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<number> {
  if (values.help) {
    out(usage)
    return 0
  }
  const results = join(root, values.results)
  const file = join(root, '.cache/campaign/recording.json')
  const seed = Number(values.seed)
  const enumerate = (recording: Recording): readonly Scenario[] =>
    positionals[0] === 'random' ? randomPoints(recording, seed, Number(values.runs)) : allPoints(recording)
  if (values.report) {
    const kept = await loadRecording(file).catch(() => undefined)
    if (!kept) {
      out(
        'The paths were never recorded here, so the points are not known. First: npm run campaign -- --list',
      )
      return 1
    }
    await writeReport(join(root, 'docs/reliability.md'), allPoints(kept), await readResults(results))
    return 0
  }
  const surroundings = await startSurroundings()
  try {
    const world = await loadWorld()
    const open = async (ownTemporal: boolean) =>
      openLane(surroundings, world, {
        temporal: ownTemporal ? await startMortalTemporal() : undefined,
        clockRate: Number(values.clock),
      })
    const recording = await freshRecording(file, surroundings.bundle, async () => {
      out('recording the three paths, undisturbed …')
      return recordPaths(() => open(false), surroundings.bundle)
    })
    const chosen = choose(enumerate(recording))
    const done = await readResults(results)
    const again = values.again || (values.only !== undefined && !values.only.endsWith('*'))
    const points = again ? chosen : chosen.filter(({ id }) => done.get(id)?.passed !== true)
    if (values.list) {
      for (const { id } of chosen) out(`${mark(done.get(id)?.passed)} ${id}`)
      return 0
    }
    if (values.simplify !== undefined) return await simplify(recording, open, seed, Number(values.simplify))
    out(`${chosen.length} points, ${chosen.length - points.length} of them have passed before`)
    const began = Date.now()
    const giveUp = began + Number(values.minutes ?? Infinity) * 60_000
    let count = 0
    const ran = await runPoints({
      points,
      recording,
      open,
      parallel: Number(values.parallel),
      together: Number(values.together),
      seed,
      commit: commitOf(),
      stopped: () => Date.now() > giveUp,
      async told(result) {
        await addResult(results, result)
        if (isShared(result) && result.passed) return
        if (!isShared(result)) count++
        const each = (Date.now() - began) / count
        const minutes = Math.ceil(((points.length - count) * each) / 60_000)
        const { id, passed, reached, seconds, problems } = result
        out(
          `${count}/${points.length} ${passed ? 'passed' : 'FAILED'} ${id} (${seconds} s${reached ? '' : ', never came to it'}); ${minutes} min left`,
        )
        for (const problem of problems) out(`    ${problem}`)
        if (!passed)
          out(
            `    npm run campaign -- ${positionals.join(' ')} --seed ${seed} --runs ${values.runs} --together ${values.together} --only '${id}'`,
          )
      },
    })
    await tidyResults(results)
    out(summarize(chosen, await readResults(results)))
    const failed = ran.filter(({ passed }) => !passed)
    const alone = ran.filter((one) => !isShared(one))
    const passed = alone.filter((one) => one.passed).length
    out(`${passed} passed, ${failed.length} failed, ${points.length - alone.length} not run`)
    return failed.length === 0 && alone.length === points.length ? 0 : 1
  } finally {
    await surroundings.close()
  }
}

/** Tells every try, and in the end the simplest random rollout that fails. */
async function simplify(
  recording: Recording,
  open: (ownTemporal: boolean) => Promise<Lane>,
  seed: number,
  tries: number,
): Promise<number> {
  const number = Number(/^random\/\d+\/(\d+)$/.exec(values.only ?? '')?.[1])
  if (!number) {
    out('--simplify wants --only random/SEED/NUMBER')
    return 1
  }
  const passes = async (one: Case): Promise<boolean> => {
    const lane = await open(false)
    const { problems } = await play(lane, randomPoint('random', one), recording, seed)
    await lane.close()
    out(`${problems.length === 0 ? 'passed' : 'FAILED'} ${JSON.stringify(one)}`)
    for (const problem of problems) out(`    ${problem}`)
    return problems.length === 0
  }
  const simplest = await simplestFailure(recording, seed, number, passes, tries)
  out(
    simplest
      ? `The simplest that fails:\n${JSON.stringify(simplest, null, 2)}`
      : 'It passes: nothing to simplify',
  )
  return simplest ? 1 : 0
}

function choose(points: readonly Scenario[]): readonly Scenario[] {
  const [share = 1, shares = 1] = values.shard.split('/').map(Number)
  const { only, kind } = values
  return points
    .filter(({ id }) => {
      if (only === undefined) return true
      return only.endsWith('*') ? id.startsWith(only.slice(0, -1)) : only.split(' + ').includes(id)
    })
    .filter((point) => kind === undefined || point.kind.startsWith(kind))
    .filter((_, index) => index % shares === share - 1)
}

function mark(passed: boolean | undefined): string {
  return passed === undefined ? '·' : passed ? '✓' : '✗'
}

function commitOf(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
}

process.exitCode = await main()
process.exit()
