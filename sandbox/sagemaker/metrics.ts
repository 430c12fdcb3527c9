import type { World } from '../core/types.ts'
import { minuteMs } from '../cloudwatch/periods.ts'
import { addValue, emptySamples, type Samples } from '../cloudwatch/samples.ts'
import { record } from '../cloudwatch/reading.ts'
import { cloudWatchState, type MetricId, type MetricSource } from '../cloudwatch/state.ts'
import { simulateMinute, type VariantMinute } from '../serving/traffic.ts'
import type { EndpointTraffic, SageMakerState, Variant } from './state.ts'

const SERVING = 'AWS/SageMaker'
const INSTANCES = '/aws/sagemaker/Endpoints'
const KEPT_MINUTES = 3000

const flag = (yes: number, total: number): Samples => {
  const samples = emptySamples()
  addValue(samples, 1, yes)
  addValue(samples, 0, total - yes)
  return samples
}

const repeated = (value: number, times: number): Samples => {
  const samples = emptySamples()
  addValue(samples, value, times)
  return samples
}

type Read = (minute: VariantMinute) => Samples

/** What SageMaker publishes for every variant, once a minute; the serving metrics only when there were requests. */
const SERVING_METRICS: Readonly<Record<string, Read>> = {
  Invocations: ({ invocations }) => repeated(1, invocations),
  Invocation4XXErrors: ({ clientErrors, invocations }) => flag(clientErrors, invocations),
  Invocation5XXErrors: ({ serverErrors, invocations }) => flag(serverErrors, invocations),
  InvocationModelErrors: ({ clientErrors, serverErrors, invocations }) =>
    flag(clientErrors + serverErrors, invocations),
  InvocationsPerInstance: ({ invocations, instances }) =>
    repeated(1 / Math.max(1, Math.round(instances)), invocations),
  ModelLatency: ({ modelLatency }) => modelLatency,
  OverheadLatency: ({ overheadLatency }) => overheadLatency,
}
const perInstance =
  (percent: (load: number) => number): Read =>
  ({ load, instances }) =>
    repeated(percent(load), Math.round(instances))
const INSTANCE_METRICS: Readonly<Record<string, Read>> = {
  CPUUtilization: perInstance((load) => 2 + load * 396),
  MemoryUtilization: perInstance((load) => 24 + load * 8),
  DiskUtilization: perInstance(() => 11),
}

const metricsOf = (namespace: string) =>
  namespace === SERVING ? SERVING_METRICS : namespace === INSTANCES ? INSTANCE_METRICS : {}

interface Remembered {
  readonly traffic: EndpointTraffic
  readonly minutes: Map<number, ReadonlyMap<string, VariantMinute>>
}

/** The metrics of all endpoints of an account and Region, computed from their traffic when CloudWatch asks. */
const endpointMetrics = (world: World, state: SageMakerState): MetricSource => {
  const remembered = new Map<string, Remembered>()
  const minutesOf = (traffic: EndpointTraffic, name: string) => {
    const found = remembered.get(name)
    if (found?.traffic === traffic) return found.minutes
    const minutes: Remembered['minutes'] = new Map()
    remembered.set(name, { traffic, minutes })
    return minutes
  }
  const simulate = (name: string, traffic: EndpointTraffic, minute: number, latency: boolean) => {
    const minutes = minutesOf(traffic, name)
    const known = minutes.get(minute)
    if (known) return known
    const plan = { seed: traffic.seed, segments: traffic.segments }
    const seen = simulateMinute(plan, minute, { latency })
    // Only what is over can be kept, and only with its latencies.
    if (latency && traffic.epoch + (minute + 1) * minuteMs(world.clock) <= world.clock.now()) {
      minutes.set(minute, seen)
      if (minutes.size > KEPT_MINUTES) minutes.delete(minutes.keys().next().value!)
    }
    return seen
  }
  return {
    list: () =>
      [...state.traffic].flatMap(([EndpointName, traffic]) =>
        [
          ...new Set(traffic.segments.flatMap((segment) => segment.variants.map((variant) => variant.name))),
        ].flatMap((VariantName) =>
          [SERVING, INSTANCES].flatMap((namespace) =>
            Object.keys(metricsOf(namespace)).map((name): MetricId => ({
              namespace,
              name,
              dimensions: { EndpointName, VariantName },
            })),
          ),
        ),
      ),
    read({ namespace, name, dimensions }, first, end) {
      const found = new Map<number, Samples>()
      const { EndpointName, VariantName, EndpointConfigName, ...others } = dimensions
      const read = metricsOf(namespace)[name]
      const traffic = EndpointName === undefined ? undefined : state.traffic.get(EndpointName)
      if (!read || !traffic || VariantName === undefined || Object.keys(others).length > 0) return found
      const offset = Math.round(traffic.epoch / minuteMs(world.clock))
      const begin = Math.max(first, offset + Math.floor((traffic.segments[0]?.from ?? Infinity) / 60_000))
      const latency = name.endsWith('Latency') || end - begin < 600
      for (let minute = begin; minute < end; minute++) {
        const seen = simulate(EndpointName!, traffic, minute - offset, latency).get(VariantName)
        if (!seen || (EndpointConfigName !== undefined && seen.configName !== EndpointConfigName)) continue
        const samples = read(seen)
        if (samples.count > 0) found.set(minute, samples)
      }
      return found
    },
  }
}

/** Makes the endpoints' metrics readable through CloudWatch; once per account and Region. */
export const publishMetrics = (world: World, state: SageMakerState): void => {
  if (state.metricsPublished) return
  state.metricsPublished = true
  cloudWatchState(world, state.accountId, state.region).sources.push(endpointMetrics(world, state))
}

/** What came of one real invocation. */
export interface Served {
  readonly status: number
  readonly modelMs: number
  readonly overheadMs: number
}

/** Counts one real invocation in the endpoint's metrics. */
export const countInvocation = (
  world: World,
  state: SageMakerState,
  endpointName: string,
  variant: Variant,
  served: Served,
): void => {
  const cloudwatch = cloudWatchState(world, state.accountId, state.region)
  const values: Readonly<Record<string, number>> = {
    Invocations: 1,
    Invocation4XXErrors: Number(served.status >= 400 && served.status < 500),
    Invocation5XXErrors: Number(served.status >= 500),
    InvocationModelErrors: Number(served.status >= 400),
    InvocationsPerInstance: 1 / Math.max(1, variant.currentCount),
    ModelLatency: Math.round(served.modelMs * 1000),
    OverheadLatency: Math.round(served.overheadMs * 1000),
  }
  const dimensions = { EndpointName: endpointName, VariantName: variant.name }
  const sets =
    variant.metricConfigName === undefined
      ? [dimensions]
      : [dimensions, { ...dimensions, EndpointConfigName: variant.metricConfigName }]
  for (const [name, value] of Object.entries(values)) {
    for (const set of sets) record(world, cloudwatch, { namespace: SERVING, name, dimensions: set }, value)
  }
}
