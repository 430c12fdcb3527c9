import { formatDuration, writeDuration } from '../../duration.ts'
import type { PlanContext } from '../context.ts'
import { factsOf } from '../context.ts'
import type { Finding, PlannedStep } from '../types.ts'
import { namedAlarm } from '../alarms.ts'
import type { Find } from './finding.ts'
import { warning } from './finding.ts'

const minute = 60_000
/** Metrics become visible a minute or two late, and an alarm evaluates once a period. */
const late = 3 * minute

/** The longest time that any alarm of a target looks back, with its name. */
function longestWindow(context: PlanContext, key: string): { window: number; name: string } | null {
  const facts = factsOf(context, key)
  const windows = context.document.production.watch.alarms.map((alarm) => {
    const name = namedAlarm(alarm)
    if (alarm.kind === 'metric')
      return { window: alarm.period * alarm.breaches.of, name: `${alarm.metric} ${alarm.stat}` }
    return { window: facts.alarms[name ?? '']?.window ?? 0, name: name ?? '' }
  })
  return windows.toSorted((a, b) => b.window - a.window)[0] ?? null
}

/** Each distinct pair of weight and bake, judged once for each target: waves repeat them. */
function bakesOf(steps: readonly PlannedStep[], key: string): readonly PlannedStep[] {
  const own = steps.filter((step) => step.kind === 'bake' && step.targets.includes(key))
  return own.filter(
    (step, index) =>
      own.findIndex((other) => other.weight === step.weight && other.duration === step.duration) === index,
  )
}

function findShort(context: PlanContext, key: string, step: PlannedStep, path: string): readonly Finding[] {
  const longest = longestWindow(context, key)
  const bake = step.duration ?? 0
  if (!longest || longest.window === 0 || bake >= longest.window + late) return []
  const needed = longest.window + late
  return [
    warning(
      'bake-too-short',
      { path, target: key },
      `a bake of ${formatDuration(bake)} is shorter than alarm ${longest.name} needs to see anything (${formatDuration(longest.window)} and 3 min until metrics are there)`,
      `bake at least ${writeDuration(Math.ceil(needed / minute) * minute)}, or use an alarm with fewer or shorter periods`,
    ),
  ]
}

function findQuiet(context: PlanContext, key: string, step: PlannedStep, path: string): readonly Finding[] {
  const perMinute = factsOf(context, key).traffic?.perMinute
  const { minInvocations } = context.document.production.watch
  const bake = step.duration ?? 0
  const weight = step.weight ?? 100
  if (perMinute === undefined || minInvocations === 0) return []
  const expected = (perMinute * (weight / 100) * bake) / minute
  if (expected >= minInvocations) return []
  const longer = perMinute === 0 ? null : Math.ceil(minInvocations / (perMinute * (weight / 100)))
  const wider =
    bake === 0 || perMinute === 0 ? null : Math.ceil((minInvocations * 100) / ((perMinute * bake) / minute))
  const ways = [
    ...(longer !== null && longer <= 7 * 24 * 60
      ? [`bake ${writeDuration(longer * minute)} at ${weight} %`]
      : []),
    ...(wider !== null && wider <= 100 ? [`shift ${wider} % for ${writeDuration(bake)}`] : []),
  ]
  return [
    warning(
      'traffic-too-low',
      { path, target: key },
      `at ${weight} % for ${formatDuration(bake)} the candidate in ${key} would see about ${Math.floor(expected)} requests (last week: ${Math.round(perMinute * 10) / 10} a minute), fewer than minInvocations ${minInvocations}`,
      `${ways.join(', or ') || 'send it more traffic'}, or lower minInvocations; else the bake is extended and then a person is asked`,
    ),
  ]
}

/** Bakes that would end before anything could be seen. */
export const findBakes: Find = (context, planned) => {
  const path = 'production.strategy'
  return planned.targets.flatMap((target) =>
    bakesOf(planned.steps, target.key).flatMap((step) => [
      ...findShort(context, target.key, step, path),
      ...(target.action === 'create' ? [] : findQuiet(context, target.key, step, path)),
    ]),
  )
}
