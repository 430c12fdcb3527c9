import { play } from './play.ts'
import type { Recording } from './recording.ts'
import type { Result } from './results.ts'
import type { Scenario } from './scenario.ts'
import type { Lane } from './stage.ts'
import { volleys, type Volley } from './together.ts'

export interface RunOptions {
  readonly points: readonly Scenario[]
  readonly recording: Recording
  /** With a Temporal server that may be killed, or on the one of the run. */
  readonly open: (ownTemporal: boolean) => Promise<Lane>
  readonly parallel: number
  /** How many points of one path may share a rollout. */
  readonly together: number
  readonly seed: number
  readonly commit: string
  readonly told: (result: Result) => Promise<void>
  /** True: no further point is begun. */
  readonly stopped?: () => boolean
}

/**
 * Plays points side by side, each lane one rollout after another. Points that shared a rollout that failed are played again one
 * by one, and so are those whose moment did not come in company. A lane in which something failed is not used again.
 */
export async function runPoints(options: RunOptions): Promise<readonly Result[]> {
  const { recording, open, parallel, together, seed, commit, told, stopped = () => false } = options
  const left = [...volleys(options.points, together)]
  const results: Result[] = []
  const playVolley = async (lane: Lane, { scenario, points, happened }: Volley): Promise<boolean> => {
    const began = Date.now()
    const { problems, reached, outcomes } = await play(lane, scenario, recording, seed)
    const passed = problems.length === 0
    const seconds = Math.round((Date.now() - began) / 100) / 10
    const at = new Date().toISOString()
    const tell = async ({ id, kind, path }: Scenario, company: readonly string[]): Promise<void> => {
      const shared = company.length > 0 ? { company } : {}
      const result = {
        id,
        kind,
        path,
        passed,
        reached,
        problems,
        outcomes,
        seed,
        seconds,
        at,
        commit,
        ...shared,
      }
      results.push(result)
      await told(result)
    }
    await tell(scenario, [])
    if (points.length === 1) return passed
    const settled = passed ? points.filter(({ id }) => happened.get(id)) : []
    for (const point of settled)
      await tell(
        point,
        points.map(({ id }) => id).filter((id) => id !== point.id),
      )
    left.unshift(
      ...volleys(
        points.filter((point) => !settled.includes(point)),
        1,
      ),
    )
    return passed
  }
  const work = async (): Promise<void> => {
    let lane: Lane | undefined
    try {
      for (let next = left.shift(); next && !stopped(); next = left.shift()) {
        const own = next.scenario.ownTemporal ?? false
        if (own) await lane?.close()
        lane = own || !lane ? await open(own) : lane
        if ((await playVolley(lane, next)) && !own) continue
        await lane.close()
        lane = undefined
      }
    } finally {
      await lane?.close()
    }
  }
  await Promise.all(Array.from({ length: Math.min(parallel, left.length) }, work))
  return results
}
