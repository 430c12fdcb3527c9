import type { CompositeRule } from './composite.ts'
import type { AlarmStateValue } from './evaluate.ts'
import type { World } from '../core/types.ts'
import type { Samples } from './samples.ts'

/** A metric's identity; dimensions by name. */
export interface MetricId {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
}

/** Metrics that a simulated service computes when they are asked for, such as those of an endpoint's traffic. */
export interface MetricSource {
  list(): readonly MetricId[]
  /** What was observed per sandbox minute, from `first` up to but not including `end`. */
  read(metric: MetricId, first: number, end: number): ReadonlyMap<number, Samples>
}

/** A metric alarm as it was put: the request's own members. */
export type MetricAlarmInput = Readonly<Record<string, any>>

export interface AlarmState {
  readonly value: AlarmStateValue
  readonly reason: string
  readonly reasonData?: string
  readonly updatedAt: number
  readonly transitionedAt: number
}

interface AlarmBase {
  readonly name: string
  readonly arn: string
  readonly input: MetricAlarmInput
  readonly configuredAt: number
  state: AlarmState
  /** Every state the alarm has had, oldest first. */
  readonly history: AlarmState[]
}

export type Alarm = AlarmBase &
  ({ readonly kind: 'metric' } | { readonly kind: 'composite'; readonly rule: CompositeRule })

/** CloudWatch in one account and Region. */
export interface CloudWatchState {
  readonly accountId: string
  readonly region: string
  readonly stored: Map<string, { readonly metric: MetricId; readonly minutes: Map<number, Samples> }>
  readonly sources: MetricSource[]
  readonly alarms: Map<string, Alarm>
  readonly tags: Map<string, Map<string, string>>
  /** Whether the evaluation of alarms is running. */
  watching: boolean
}

export const cloudWatchState = (world: World, accountId: string, region: string): CloudWatchState =>
  world.state('monitoring', accountId, region, () => ({
    accountId,
    region,
    stored: new Map(),
    sources: [],
    alarms: new Map(),
    tags: new Map(),
    watching: false,
  }))

export const alarmArn = ({ accountId, region }: CloudWatchState, name: string): string =>
  `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`

/** The key under which a metric is stored: same namespace, name and dimensions in any order. */
export const metricKey = ({ namespace, name, dimensions }: MetricId): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))])
