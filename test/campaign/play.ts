import { judge, type EffectCounts } from './oracle.ts'
import type { Recording } from './recording.ts'
import type { Scenario } from './scenario.ts'
import type { Lane, SetStage } from './stage.ts'

/** What a point came to. */
export interface Played {
  readonly problems: readonly string[]
  readonly reached: boolean
  readonly outcomes: readonly string[]
}

/** Plays one point and judges it; never throws. */
export async function play(
  lane: Lane,
  scenario: Scenario,
  recording: Recording,
  seed: number,
): Promise<Played> {
  let set: SetStage | undefined
  try {
    set = await lane.set(scenario, seed)
    const { stage, aliases } = set
    const expectation = await scenario.run(stage)
    const problems = await judge(stage, expectation, aliases, cleanOf(recording, scenario))
    const views = await Promise.all(expectation.rollouts.map(({ id }) => stage.stack.view(id)))
    return {
      problems,
      reached: expectation.reached ?? true,
      outcomes: views.map(({ outcome, reason }) => `${outcome}: ${reason}`),
    }
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)], reached: true, outcomes: [] }
  } finally {
    await set?.clear()
  }
}

function cleanOf(recording: Recording, { path }: Scenario): EffectCounts | undefined {
  return path === 'other' ? undefined : recording.paths[path]?.effects
}
