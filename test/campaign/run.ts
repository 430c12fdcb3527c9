import { play } from './play.ts'
import type { Recording } from './recording.ts'
import type { Result } from './results.ts'
import type { Scenario } from './scenario.ts'
import type { Lane } from './stage.ts'

export interface RunOptions {
  readonly points: readonly Scenario[]
  readonly recording: Recording
  /** With a Temporal server that may be killed, or on the one of the run. */
  readonly open: (ownTemporal: boolean) => Promise<Lane>
  readonly parallel: number
  readonly seed: number
  readonly commit: string
  readonly told: (result: Result) => Promise<void>
  /** True: no further point is begun. */
  readonly stopped?: () => boolean
}

/** Plays points side by side, each lane one after another. A lane in which a point failed is not used again. */
export async function runPoints(options: RunOptions): Promise<readonly Result[]> {
  const { recording, open, parallel, seed, commit, told, stopped = () => false } = options
  const left = [...options.points]
  const results: Result[] = []
  const work = async (): Promise<void> => {
    let lane: Lane | undefined
    try {
      for (let point = left.shift(); point && !stopped(); point = left.shift()) {
        const own = point.ownTemporal ?? false
        if (own) await lane?.close()
        lane = own || !lane ? await open(own) : lane
        const began = Date.now()
        const { problems, reached, outcomes } = await play(lane, point, recording, seed)
        const { id, kind, path } = point
        const passed = problems.length === 0
        const seconds = Math.round((Date.now() - began) / 100) / 10
        const at = new Date().toISOString()
        const result = { id, kind, path, passed, reached, problems, outcomes, seed, seconds, at, commit }
        results.push(result)
        await told(result)
        if (passed && !own) continue
        await lane.close()
        lane = undefined
      }
    } finally {
      await lane?.close()
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, options.points.length) }, work))
  return results
}
