import { takePath, type PathName } from './paths.ts'
import type { Scenario, Stage } from './scenario.ts'

/** A point that disturbs a rollout on its way down a recorded path, and may share that rollout with others. */
export interface PathPoint {
  readonly id: string
  readonly kind: string
  readonly path: PathName
  /** What it disturbs: points that disturb the same never share a rollout. */
  readonly where: readonly string[]
  /** Lays the trap; says afterwards whether it sprang. */
  disturb(stage: Stage): Promise<() => boolean>
}

/** The point alone. */
export function pointOn(point: PathPoint): Scenario {
  const { id, kind, path } = point
  return {
    id,
    kind,
    path,
    onPath: point,
    async run(stage) {
      const happened = await point.disturb(stage)
      const expectation = await takePath(stage, path)
      return { ...expectation, reached: happened() }
    },
  }
}

/** One or several points that one rollout plays. */
export interface Volley {
  readonly scenario: Scenario
  readonly points: readonly Scenario[]
  /** Whether the moment of each came, by id, once the rollout is over; of a point alone the rollout's expectation says it. */
  readonly happened: ReadonlyMap<string, boolean>
}

/**
 * Lets points of one path and family (`crash`, `aws`) share rollouts, at most `size` each; points
 * that share none stay alone. In the order of the first point of each.
 */
export function volleys(points: readonly Scenario[], size: number): readonly Volley[] {
  const turn = new Map(points.map(({ id }, index) => [id, index]))
  const families = new Map<string, Scenario[]>()
  for (const point of points) {
    const family = point.onPath && size > 1 ? `${point.kind.split(' ')[0]} ${point.path}` : point.id
    families.set(family, [...(families.get(family) ?? []), point])
  }
  return [...families.values()]
    .flatMap((family) => deal(family, size))
    .map((group) => group.toSorted((one, other) => (turn.get(one.id) ?? 0) - (turn.get(other.id) ?? 0)))
    .toSorted(([one], [other]) => (turn.get(one?.id ?? '') ?? 0) - (turn.get(other?.id ?? '') ?? 0))
    .map(volley)
}

/** Deals to groups in turn; what fits into none that is not full gets a new one. */
function deal(family: readonly Scenario[], size: number): readonly (readonly Scenario[])[] {
  const dealt: Scenario[][] = Array.from({ length: Math.ceil(family.length / size) }, () => [])
  const clash = ({ onPath: one }: Scenario, { onPath: other }: Scenario): boolean =>
    one?.where.some((place) => other?.where.includes(place)) ?? false
  family.forEach((point, index) => {
    const inTurn = [...dealt.slice(index % dealt.length), ...dealt.slice(0, index % dealt.length)]
    const fits = inTurn.find((group) => group.length < size && !group.some((other) => clash(point, other)))
    if (fits) fits.push(point)
    else dealt.push([point])
  })
  return dealt.filter(({ length }) => length > 0)
}

function volley(points: readonly Scenario[]): Volley {
  const [first, ...others] = points
  if (!first) throw new RangeError('a volley needs a point')
  if (others.length === 0) return { scenario: first, points, happened: new Map() }
  const { path } = first
  if (path === 'other') throw new RangeError(`${first.id} is on no path`)
  const happened = new Map<string, boolean>()
  return {
    points,
    happened,
    scenario: {
      id: points.map(({ id }) => id).join(' + '),
      kind: 'together',
      path,
      async run(stage) {
        const traps = new Map<string, () => boolean>()
        for (const { id, onPath } of points) if (onPath) traps.set(id, await onPath.disturb(stage))
        const expectation = await takePath(stage, path)
        for (const [id, sprang] of traps) happened.set(id, sprang())
        return expectation
      },
    },
  }
}
