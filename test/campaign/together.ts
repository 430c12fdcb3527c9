import { takePath, type PathName } from './paths.ts'
import type { Scenario, Stage } from './scenario.ts'

/** A point that disturbs a rollout on its way down a recorded path, and may share that rollout with others. */
export interface PathPoint {
  readonly id: string
  readonly kind: string
  readonly path: PathName
  /** Where on the path, as an ordinal: points at one place never share a rollout. */
  readonly place: number
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
 * Lets points of one path and family (`crash`, `aws`) share rollouts, at most `size` each and far apart on the path; points
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
    .flatMap((family) => deal(family, Math.ceil(family.length / size)))
    .map((group) => group.toSorted((one, other) => (turn.get(one.id) ?? 0) - (turn.get(other.id) ?? 0)))
    .toSorted(([one], [other]) => (turn.get(one?.id ?? '') ?? 0) - (turn.get(other?.id ?? '') ?? 0))
    .map(volley)
}

/** Deals what follows each other on the path to different groups; what finds only groups with its own place gets a new one. */
function deal(family: readonly Scenario[], groups: number): readonly (readonly Scenario[])[] {
  const dealt: Scenario[][] = Array.from({ length: groups }, () => [])
  const place = ({ onPath }: Scenario): number => onPath?.place ?? 0
  family
    .toSorted((one, other) => place(one) - place(other))
    .forEach((point, index) => {
      const group = dealt[index % groups]
      if (group?.some((other) => place(other) === place(point))) dealt.push([point])
      else group?.push(point)
    })
  return dealt
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
