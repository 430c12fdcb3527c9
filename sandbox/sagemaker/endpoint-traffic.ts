import type { World } from '../core/types.ts'
import { minuteOf, startOfMinute } from '../cloudwatch/periods.ts'
import { seedOf } from '../serving/lottery.ts'
import type { RoutedVariant, Segment } from '../serving/traffic.ts'
import type { Endpoint, EndpointTraffic, SageMakerState, Variant } from './state.ts'

const WEEK_MINUTES = 7 * 24 * 60

/** Traffic as it is asked for. */
export interface TrafficRequest {
  readonly requestsPerSecond: number
  /** Share of requests that the model answers with a 4XX, default 0. */
  readonly badRequestRate?: number
  readonly seed?: number
  /** Pretend that it has been flowing for a week already. */
  readonly history?: boolean
}

/** The traffic of an endpoint name; it outlives the endpoint, as metrics do. */
export const trafficOf = (world: World, state: SageMakerState, name: string): EndpointTraffic => {
  const found = state.traffic.get(name)
  if (found) return found
  const minute = minuteOf(world.clock, world.clock.now()) - WEEK_MINUTES
  const made: EndpointTraffic = {
    seed: seedOf(`${state.accountId}/${state.region}/${name}`),
    epoch: startOfMinute(world.clock, minute),
    requestsPerSecond: 0,
    badRequestRate: 0,
    segments: [],
  }
  state.traffic.set(name, made)
  return made
}

/** Sandbox ms on a plan's timeline for a real time stamp. */
export const onTimeline = (world: World, traffic: EndpointTraffic, at: number): number =>
  (at - traffic.epoch) * world.clock.rate

const routed = (
  world: World,
  traffic: EndpointTraffic,
  variants: readonly Variant[],
): readonly RoutedVariant[] =>
  variants.map((variant) => ({
    name: variant.name,
    weight: variant.currentWeight,
    instances: variant.currentCount,
    behaviour: variant.behaviour,
    startedAt: onTimeline(world, traffic, variant.startedAt),
    ...(variant.metricConfigName === undefined ? {} : { configName: variant.metricConfigName }),
  }))

const append = (traffic: EndpointTraffic, variants: readonly RoutedVariant[], from: number) => {
  const segment: Segment = {
    from,
    requestsPerSecond: traffic.requestsPerSecond,
    badRequestRate: traffic.badRequestRate,
    variants,
  }
  traffic.segments = [...traffic.segments.filter((other) => other.from < from), segment]
}

/** Notes that from now on the endpoint's callers meet these variants. To be called after every change of what serves. */
export const reroute = (
  world: World,
  state: SageMakerState,
  endpoint: Endpoint,
  variants = endpoint.variants,
): void => {
  const traffic = trafficOf(world, state, endpoint.name)
  append(traffic, routed(world, traffic, variants), onTimeline(world, traffic, world.clock.now()))
}

/** Sets what an endpoint's callers send from now on; with `history` also for the week before, if there is none yet. */
export const setTraffic = (
  world: World,
  state: SageMakerState,
  name: string,
  request: TrafficRequest,
): EndpointTraffic => {
  const traffic = trafficOf(world, state, name)
  traffic.seed = request.seed ?? traffic.seed
  traffic.requestsPerSecond = request.requestsPerSecond
  traffic.badRequestRate = request.badRequestRate ?? 0
  const endpoint = state.endpoints.get(name)
  const variants = endpoint ? routed(world, traffic, endpoint.variants) : []
  const blank = traffic.segments.every((segment) => segment.requestsPerSecond === 0)
  if (request.history && blank) traffic.segments = []
  append(traffic, variants, request.history && blank ? 0 : onTimeline(world, traffic, world.clock.now()))
  return traffic
}
