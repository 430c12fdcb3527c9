import type { FleetRequest } from './fleet.ts'
import { countInstances, type InstanceCounts } from './instance-limits.ts'
import type { Wire } from './state.ts'

/** What an entry of an endpoint config asks for at first; `metricConfigName` for fleets of a guardrail deployment. */
export const initial = (config: Wire, metricConfigName?: string): FleetRequest => ({
  config,
  weight: config.InitialVariantWeight ?? 1,
  count: config.InitialInstanceCount ?? 0,
  ...(metricConfigName === undefined ? {} : { metricConfigName }),
})

/** How many instances of each type the requests need. */
export const instancesOf = (requests: readonly FleetRequest[]): InstanceCounts =>
  countInstances(requests.map(({ config, count }) => ({ type: config.InstanceType, count })))
