import { readFile } from 'node:fs/promises'
import { explain } from '../../rollout/explain.ts'
import { readGolden } from '../../examples/model/pack.ts'
import { productionPlaces } from '../../examples/world.ts'
import { createClient, type SluiceClient } from '../client.ts'
import { followRollout } from '../follow.ts'
import { watchRollout, type Watched } from '../live/watch.ts'
import type { LocalStack } from '../up/start-stack.ts'
import { localAccounts } from '../up/world.ts'
import type { Terminal } from '../terminal.ts'
import { readStanding, type Place } from './endpoints.ts'
import { findDifferences, type Expected } from './verify.ts'

/** One rollout of the story, and how it must end. */
interface Chapter {
  readonly version: number
  readonly title: string
  readonly expected: Omit<Expected, 'answer'>
}

const chapters: readonly Chapter[] = [
  {
    version: 38,
    title: 'A good version: replicate, test in staging, approve, canary, three Regions, commit',
    expected: { outcome: 'Succeeded', version: 38 },
  },
  {
    version: 39,
    title: 'A bad version: too slow for the traffic of us-east-1, which no staging test can know',
    expected: { outcome: 'RolledBack', version: 38, gone: 39 },
  },
]

const document = new URL('../../examples/three-regions.yaml', import.meta.url)

/**
 * Plays the story against a stack that runs.
 * @returns what is not as it must be; empty when all is well
 */
export async function playStory(
  stack: LocalStack,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const text = await readFile(document, 'utf8')
  const differences: string[] = []
  for (const [index, chapter] of chapters.entries()) {
    terminal.out(`\n${terminal.colors.bold(`${index + 1}. ${chapter.title}`)}\n`)
    const written = text.replace(/(model-package\/[\w-]+\/)\d+/, `$1${chapter.version}`)
    differences.push(...(await playChapter(stack, terminal, chapter, written, signal)))
    if (differences.length > 0) return differences
  }
  return differences
}

async function playChapter(
  stack: LocalStack,
  terminal: Terminal,
  { expected, version }: Chapter,
  written: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const zoe = createClient({ server: stack.apiUrl, token: stack.people.tokens.zoe })
  const mia = createClient({ server: stack.apiUrl, token: stack.people.tokens.mia })
  const { id } = await zoe.start(written)
  const approver = approveAs(mia, id, version, signal)
  const watched = await watchRollout(zoe, id, terminal, { untilEnded: true, signal })
  await approver
  for (const line of tellWhy(watched)) terminal.out(`  ${line}`)

  const golden = await readGolden()
  const [row = ''] = golden.input.split('\n')
  const standings = await Promise.all(places().map((place) => readStanding(stack.sandboxUrl, place, row)))
  const answer = Number(golden.expected.split('\n')[0])
  const differences = findDifferences({ ...expected, answer }, watched.rollout?.outcome, standings)
  const { colors } = terminal
  for (const { place, artifact, answer } of standings) {
    terminal.out(
      colors.dim(`  read back: ${place.accountId}/${place.region} answers ${answer} with ${artifact}`),
    )
  }
  for (const difference of differences) terminal.out(colors.red(`  ✗ ${difference}`))
  if (differences.length === 0)
    terminal.out(colors.green(`  ✓ ${id} ended ${expected.outcome}, and every Region is as it must be`))
  return differences
}

/** The other person: looks at the gate, approves, and when all Regions serve the new version ends the waiting. */
async function approveAs(mia: SluiceClient, id: string, version: number, signal: AbortSignal): Promise<void> {
  const done = new Set<string>()
  const once = async (what: string, act: () => Promise<unknown>): Promise<void> => {
    if (done.has(what)) return
    done.add(what)
    await act()
  }
  for await (const happening of followRollout(mia, id, signal)) {
    if (happening.kind !== 'state' || happening.rollout.stale) continue
    const { phase, gate } = happening.rollout
    if (phase === 'AwaitingApproval' && gate) {
      await once(gate.id, () =>
        mia.decide(id, 'approve', { gate: gate.id, comment: `v${version} passed the golden set` }),
      )
    }
    if (phase === 'Promoted') {
      await once(phase, () => mia.decide(id, 'promote', { comment: 'all Regions look good: commit' }))
    }
  }
}

function tellWhy({ rollout }: Watched): readonly string[] {
  return rollout && !rollout.stale ? explain(rollout).slice(0, 4) : []
}

function places(): readonly Place[] {
  return productionPlaces(localAccounts).map(({ account, region }) => ({
    accountId: account,
    region,
    endpoint: 'fraud-scorer',
  }))
}
