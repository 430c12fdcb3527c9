import { addValue, emptySamples, type Samples } from '../cloudwatch/samples.ts'
import { behaviourAt, type Behaviour } from './behaviour.ts'
import { createLottery, mixSeeds, normalQuantile, seedOf, type Lottery } from './lottery.ts'

/** One variant as traffic meets it. */
export interface RoutedVariant {
  readonly name: string
  readonly weight: number
  readonly instances: number
  readonly behaviour: Behaviour
  /** When its containers started, sandbox ms on the timeline of the plan. */
  readonly startedAt: number
  /** Set when CloudWatch also gets its metrics with the dimension `EndpointConfigName`. */
  readonly configName?: string
}

/** What holds from a moment on; the last segment holds for ever. */
export interface Segment {
  /** Sandbox ms on the timeline of the plan. */
  readonly from: number
  readonly requestsPerSecond: number
  /** Share of requests that the model answers with a 4XX. */
  readonly badRequestRate: number
  readonly variants: readonly RoutedVariant[]
}

/** The traffic of one endpoint: segments in order of time. The same plan always gives the same requests. */
export interface TrafficPlan {
  readonly seed: number
  readonly segments: readonly Segment[]
}

/** What one variant saw in one minute. */
export interface VariantMinute {
  readonly configName?: string
  invocations: number
  clientErrors: number
  serverErrors: number
  /** Mean number of instances. */
  instances: number
  /** Mean share of its instances' time that went into computing, 0 to 1. */
  load: number
  /** Microseconds. */
  readonly modelLatency: Samples
  /** Microseconds. */
  readonly overheadLatency: Samples
}

const SLOT = 5000
const MINUTE = 60_000
const STRATA = 64
const P99 = normalQuantile(0.99)
const VCPUS = 4

const segmentAt = (segments: readonly Segment[], at: number): Segment | undefined =>
  segments.findLast((segment) => segment.from <= at)

/** Adds latencies drawn from a log-normal distribution with this median and 99th percentile, evenly over its quantiles. */
const addLatencies = (
  samples: Samples,
  count: number,
  [medianMs, p99Ms]: readonly [number, number],
  lottery: Lottery,
) => {
  const strata = Math.min(count, STRATA)
  const sigma = Math.log(Math.max(p99Ms, medianMs, 0.001) / Math.max(medianMs, 0.001)) / P99
  for (let index = 0; index < strata; index++) {
    const times = Math.floor(((index + 1) * count) / strata) - Math.floor((index * count) / strata)
    const chance = Math.min(1 - 1e-9, Math.max(1e-9, (index + lottery.next()) / strata))
    addValue(
      samples,
      Math.round(Math.max(medianMs, 0.001) * Math.exp(sigma * normalQuantile(chance)) * 1000),
      times,
    )
  }
}

/** Shares out requests over variants by weight; with all weights 0 nobody gets any. */
const shareOut = (requests: number, variants: readonly RoutedVariant[], lottery: Lottery): number[] => {
  let left = requests
  let weight = variants.reduce((sum, variant) => sum + variant.weight, 0)
  return variants.map((variant) => {
    const taken = weight > 0 ? lottery.binomial(left, Math.min(1, variant.weight / weight)) : 0
    left -= taken
    weight -= variant.weight
    return taken
  })
}

/** Whether anything about the traffic changes within the minute that begins at `start`. */
const changesWithin = ({ segments }: TrafficPlan, start: number): boolean => {
  const inside = (at: number) => at > start && at < start + MINUTE
  if (segments.some(({ from }) => inside(from))) return true
  const degradings = segmentAt(segments, start)?.variants ?? []
  return degradings.some(
    ({ startedAt, behaviour }) =>
      behaviour.degrade !== undefined && inside(startedAt + behaviour.degrade.afterMs),
  )
}

const nothingSeen = (configName: string | undefined): VariantMinute => ({
  ...(configName === undefined ? {} : { configName }),
  invocations: 0,
  clientErrors: 0,
  serverErrors: 0,
  instances: 0,
  load: 0,
  modelLatency: emptySamples(),
  overheadLatency: emptySamples(),
})

/** Part of a minute in which nothing about the traffic changes; `at` and `length` in sandbox ms. */
interface Slot {
  readonly at: number
  readonly length: number
  readonly segment: Segment
  readonly seed: number
}

const simulateSlot = (
  { at, length, segment, seed }: Slot,
  seen: Map<string, VariantMinute>,
  latency: boolean,
): void => {
  const lottery = createLottery(seed)
  const requests = lottery.poisson((segment.requestsPerSecond * length) / 1000)
  const shares = shareOut(requests, segment.variants, lottery)
  segment.variants.forEach((variant, position) => {
    const invocations = shares[position]!
    const now = behaviourAt(variant.behaviour, at - variant.startedAt)
    const found = seen.get(variant.name) ?? nothingSeen(variant.configName)
    seen.set(variant.name, found)
    const possible = (variant.behaviour.capacityPerInstance * variant.instances * length) / 1000
    const overflow = Math.max(0, invocations - Math.floor(Math.min(possible, invocations)))
    const clientErrors = lottery.binomial(invocations - overflow, segment.badRequestRate)
    const serverErrors = overflow + lottery.binomial(invocations - overflow - clientErrors, now.errorRate)
    found.invocations += invocations
    found.clientErrors += clientErrors
    found.serverErrors += serverErrors
    found.instances += (variant.instances * length) / MINUTE
    const busyMs = (invocations - overflow) * now.latencyMs
    found.load += Math.min(1, busyMs / (length * VCPUS * Math.max(1, variant.instances))) * (length / MINUTE)
    if (!latency || invocations === 0) return
    const own = createLottery(mixSeeds(seed, seedOf(variant.name)))
    addLatencies(found.modelLatency, invocations, [now.latencyMs, now.latencyP99Ms], own)
    addLatencies(found.overheadLatency, invocations, [1.5, 6], own)
  })
}

/**
 * Computes what every variant saw in one minute of the plan's timeline. Nothing is kept per request: a minute is a few
 * draws however many requests it has, and twelve times as many when something changes within it.
 *
 * `latency: false` leaves the latencies out, for long looks back; the other numbers are the same.
 */
export const simulateMinute = (
  plan: TrafficPlan,
  minute: number,
  { latency = true } = {},
): ReadonlyMap<string, VariantMinute> => {
  const seen = new Map<string, VariantMinute>()
  const start = minute * MINUTE
  const length = changesWithin(plan, start) ? SLOT : MINUTE
  for (let at = start; at < start + MINUTE; at += length) {
    const segment = segmentAt(plan.segments, at)
    if (segment) simulateSlot({ at, length, segment, seed: mixSeeds(plan.seed, at / SLOT) }, seen, latency)
  }
  return seen
}
