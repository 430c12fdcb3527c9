import { crashPoints, onlyReads } from './crash.ts'
import { misbehaviourPoints } from './misbehaviour.ts'
import type { Recording } from './recording.ts'
import type { Scenario } from './scenario.ts'
import { apiPoints, temporalPoints } from './servers.ts'
import { abortAtEveryStep, foreignUpdateAtEveryStep } from './scenarios/every-step.ts'
import { tables } from './scenarios/index.ts'

/**
 * Every point of the campaign, so ordered that a run that is cut short has seen something of everything: first one of each
 * sort (the same activity and request on other targets are one sort), and among those what disturbs a change, then the
 * ends of activities, then what disturbs a look. The same for everyone.
 * @throws Error when two have one id
 */
export function allPoints(recording: Recording): readonly Scenario[] {
  const { good } = recording.paths
  const points = [
    ...crashPoints(recording),
    ...misbehaviourPoints(recording),
    ...apiPoints(recording),
    ...temporalPoints(recording),
    ...(good ? [...abortAtEveryStep(good), ...foreignUpdateAtEveryStep(good)] : []),
    ...tables,
  ]
  const ids = new Set<string>()
  for (const { id } of points) {
    if (ids.has(id)) throw new Error(`two points are called ${id}`)
    ids.add(id)
  }
  const mixed = points.toSorted((one, other) => spread(one.id) - spread(other.id))
  const seen = new Map<string, number>()
  const turns = new Map(
    mixed.map(({ id }) => {
      const sort = sortOf(id)
      const turn = seen.get(sort) ?? 0
      seen.set(sort, turn + 1)
      return [id, Math.min(turn, 1)] as const
    }),
  )
  const turn = ({ id }: Scenario): number => turns.get(id) ?? 0
  return mixed.toSorted((one, other) => turn(one) - turn(other) || urgency(one) - urgency(other))
}

/** `crash/good/before/copyImage/ECR.PutImage` of `crash/good/before/copyImage#3/ECR.PutImage#1`. */
function sortOf(id: string): string {
  return id.replaceAll(/@[^/#]*|#\d+/g, '')
}

function urgency({ id, kind }: Scenario): number {
  if (/^(crash returned|Temporal)/.test(kind)) return 1
  const operation = /([A-Za-z0-9]+\.[A-Za-z0-9]+)(#\d+)?$/.exec(id)?.[1]
  return operation !== undefined && onlyReads(operation) ? 2 : 0
}

/** FNV-1a: a fixed shuffle. */
function spread(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0
  return hash
}
