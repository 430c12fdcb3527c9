import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Phase } from '../../rollout/phases.ts'
import { countEffects, judge, type EffectCounts } from './oracle.ts'
import { paths, takePath, type PathName } from './paths.ts'
import type { Moment } from './probe.ts'
import type { Lane } from './stage.ts'

/** What an undisturbed run of each path did: the points of the campaign are enumerated from it. */
export interface Recording {
  /** Of the workflows that ran; another bundle is recorded again. */
  readonly bundle: string
  readonly paths: Readonly<Partial<Record<PathName, RecordedPath>>>
}

/** Of a path that was recorded. */
export interface RecordedPath {
  /** In order. */
  readonly moments: readonly Moment[]
  /** How many of them were over when it was made to turn back; until then it was the good path. */
  readonly turn: number
  readonly effects: EffectCounts
  /** Calls of the API to Temporal by request (`start` or a verb), in order. */
  readonly requests: Readonly<Record<string, readonly string[]>>
  /** In the order in which they were seen. */
  readonly phases: readonly Phase[]
}

/** Runs paths once, undisturbed, side by side; throws when the oracle finds anything wrong with one. */
export async function recordPaths(
  open: () => Promise<Lane>,
  bundle: string,
  wanted: readonly PathName[] = paths,
): Promise<Recording> {
  const recorded = await Promise.all(
    wanted.map(async (path) => {
      const lane = await open()
      return [path, await recordPath(lane, path).finally(() => lane.close())] as const
    }),
  )
  return { bundle: await hashOf(bundle), paths: Object.fromEntries(recorded) }
}

async function recordPath(lane: Lane, path: PathName): Promise<RecordedPath> {
  const { stage, aliases, clear } = await lane.set({}, 1)
  const moments: Moment[] = []
  await stage.record((moment) => void moments.push(moment))
  const requests: Record<string, string[]> = {}
  await stage.useApiProcess({}, (request, moment) => (requests[request] ??= []).push(moment))
  const phases = new Set<Phase>()
  let turn = 0
  const expectation = await takePath(stage, path, {
    started: (id) => {
      // Whoever waits for the path itself hears what is wrong with it.
      stage.until(id, ({ phase }) => phases.add(phase) && phase === 'Ended').catch(() => undefined)
    },
    turning: () => (turn = moments.length),
  })
  const problems = await judge(stage, expectation, aliases, undefined)
  await clear()
  if (problems.length > 0) throw new Error(`the ${path} path, undisturbed: ${problems.join('; ')}`)
  return {
    moments,
    turn,
    effects: countEffects(stage.ledger.effects, aliases),
    requests,
    phases: [...phases],
  }
}

/** The recording that was kept last; throws when there is none. */
export async function loadRecording(file: string): Promise<Recording> {
  return JSON.parse(await readFile(file, 'utf8')) as Recording
}

/** The recording that is kept in a file, if it is of these workflows, or a new one that is kept there. */
export async function freshRecording(
  file: string,
  bundle: string,
  record: () => Promise<Recording>,
): Promise<Recording> {
  const kept = await loadRecording(file).catch(() => undefined)
  if (kept?.bundle === (await hashOf(bundle))) return kept
  const recording = await record()
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(recording, null, 1)}\n`)
  return recording
}

/** The paths that were recorded. */
export function recordedPaths({
  paths: all,
}: Recording): readonly (RecordedPath & { readonly path: PathName })[] {
  return paths.flatMap((path) => {
    const recorded = all[path]
    return recorded ? [{ path, ...recorded }] : []
  })
}

/** The paths with the moments that are theirs alone: all of the good one, and of the others those of the way back. */
export function ownMoments(
  recording: Recording,
): readonly { readonly path: PathName; readonly moments: readonly Moment[] }[] {
  return recordedPaths(recording).map(({ path, moments, turn }) => ({ path, moments: moments.slice(turn) }))
}

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
    .slice(0, 16)
}
