import { crashPoints } from './crash.ts'
import { misbehaviourPoints } from './misbehaviour.ts'
import type { Recording } from './recording.ts'
import type { Scenario } from './scenario.ts'
import { tables } from './scenarios/index.ts'

/**
 * Every point of the campaign, in an order of its own that is the same for everyone: spread over kinds and paths, so that
 * a run that is cut short has seen something of everything.
 * @throws Error when two have one id
 */
export function allPoints(recording: Recording): readonly Scenario[] {
  const points = [...crashPoints(recording), ...misbehaviourPoints(recording), ...tables]
  const ids = new Set<string>()
  for (const { id } of points) {
    if (ids.has(id)) throw new Error(`two points are called ${id}`)
    ids.add(id)
  }
  return points.toSorted((one, other) => spread(one.id) - spread(other.id))
}

/** FNV-1a: a fixed shuffle. */
function spread(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0
  return hash
}
