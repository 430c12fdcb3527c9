/**
 * How a container behaves, read from its environment. Latencies are what a caller's own watch and `ModelLatency` show,
 * and are not divided by the clock rate; times after which something happens are.
 */
export interface Behaviour {
  /** Chance in [0, 1] that an invocation ends in a 500 of the container. */
  readonly errorRate: number
  readonly latencyMs: number
  readonly latencyP99Ms: number
  /** `/ping` never answers: the variant does not start. */
  readonly neverHealthy: boolean
  /** Requests per second that one instance can take; what is above fails. */
  readonly capacityPerInstance: number
  readonly degrade?: {
    readonly afterMs: number
    readonly errorRate: number
    readonly latencyMs: number
    readonly latencyP99Ms: number
  }
}

/** An environment whose `SANDBOX_…` variables cannot be read; the message names the variable. */
export class BehaviourError extends Error {}

type Environment = Readonly<Record<string, string>>
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of `90s`, `10m`, `24h`, `7d` or `250ms`; undefined when it is none of these. */
export const readDuration = (text: string): number | undefined => {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  return count === undefined || unit === undefined ? undefined : Number(count) * UNITS[unit]!
}

const numberOf = (environment: Environment, name: string, fallback: number, most = Infinity): number => {
  const text = environment[name]
  if (text === undefined) return fallback
  const value = Number(text)
  if (text.trim() === '' || !(value >= 0 && value <= most)) {
    throw new BehaviourError(
      `${name}: found '${text}', allowed: a number from 0${most === Infinity ? '' : ` to ${most}`}`,
    )
  }
  return value
}

const KNOWN = [
  'SANDBOX_ERROR_RATE',
  'SANDBOX_LATENCY_MS',
  'SANDBOX_LATENCY_P99_MS',
  'SANDBOX_NEVER_HEALTHY',
  'SANDBOX_CAPACITY_RPS',
  'SANDBOX_DEGRADE_AFTER',
  'SANDBOX_DEGRADED_ERROR_RATE',
  'SANDBOX_DEGRADED_LATENCY_MS',
  'SANDBOX_COMMAND',
]

/** Reads the behaviour out of a container's environment. Throws `BehaviourError`, also for a `SANDBOX_…` variable it does not know. */
export const readBehaviour = (environment: Environment): Behaviour => {
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith('SANDBOX_') && !KNOWN.includes(name),
  )
  if (unknown) throw new BehaviourError(`${unknown}: not known, allowed: ${KNOWN.join(', ')}`)
  const latencyMs = numberOf(environment, 'SANDBOX_LATENCY_MS', 8)
  const latencyP99Ms = Math.max(latencyMs, numberOf(environment, 'SANDBOX_LATENCY_P99_MS', latencyMs * 3))
  const errorRate = numberOf(environment, 'SANDBOX_ERROR_RATE', 0, 1)
  const after = environment.SANDBOX_DEGRADE_AFTER
  const afterMs = after === undefined ? undefined : readDuration(after)
  if (after !== undefined && afterMs === undefined) {
    throw new BehaviourError(
      `SANDBOX_DEGRADE_AFTER: found '${after}', allowed: a duration such as 90s or 10m`,
    )
  }
  const degradedLatency = numberOf(environment, 'SANDBOX_DEGRADED_LATENCY_MS', latencyMs)
  return {
    errorRate,
    latencyMs,
    latencyP99Ms,
    neverHealthy: /^(1|true|yes)$/i.test(environment.SANDBOX_NEVER_HEALTHY ?? ''),
    capacityPerInstance: numberOf(environment, 'SANDBOX_CAPACITY_RPS', Infinity),
    ...(afterMs === undefined
      ? {}
      : {
          degrade: {
            afterMs,
            errorRate: numberOf(environment, 'SANDBOX_DEGRADED_ERROR_RATE', errorRate, 1),
            latencyMs: degradedLatency,
            latencyP99Ms: Math.max(
              degradedLatency,
              (latencyP99Ms / Math.max(latencyMs, 0.001)) * degradedLatency,
            ),
          },
        }),
  }
}

/** What a container does at a given age (sandbox ms since its start). */
export const behaviourAt = (
  behaviour: Behaviour,
  ageMs: number,
): Pick<Behaviour, 'errorRate' | 'latencyMs' | 'latencyP99Ms'> =>
  behaviour.degrade && ageMs >= behaviour.degrade.afterMs ? behaviour.degrade : behaviour

/** The behaviour of containers that a request passes one after the other. */
export const inSeries = (behaviours: readonly Behaviour[]): Behaviour => {
  const [first, ...rest] = behaviours
  if (!first || rest.length === 0) return first ?? readBehaviour({})
  const sum = (read: (behaviour: Behaviour) => number) =>
    behaviours.reduce((total, one) => total + read(one), 0)
  const anyFails = (read: (behaviour: Behaviour) => number) =>
    1 - behaviours.reduce((fine, one) => fine * (1 - read(one)), 1)
  const changes = behaviours.flatMap((one) => one.degrade?.afterMs ?? [])
  const afterMs = Math.min(...changes)
  const late = (one: Behaviour) => behaviourAt(one, afterMs)
  return {
    errorRate: anyFails((one) => one.errorRate),
    latencyMs: sum((one) => one.latencyMs),
    latencyP99Ms: sum((one) => one.latencyP99Ms),
    neverHealthy: behaviours.some((one) => one.neverHealthy),
    capacityPerInstance: Math.min(...behaviours.map((one) => one.capacityPerInstance)),
    ...(changes.length
      ? {
          degrade: {
            afterMs,
            errorRate: anyFails((one) => late(one).errorRate),
            latencyMs: sum((one) => late(one).latencyMs),
            latencyP99Ms: sum((one) => late(one).latencyP99Ms),
          },
        }
      : {}),
  }
}
