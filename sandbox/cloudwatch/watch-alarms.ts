import type { World } from '../core/types.ts'
import { compositeReason, compositeReasonData, reasonDataFor, reasonFor } from './alarm-reasons.ts'
import { childrenOf, isMet } from './composite.ts'
import {
  evaluate,
  EXTRA_PERIODS,
  type AlarmStateValue,
  type Comparison,
  type Datapoint,
  type TreatMissingData,
} from './evaluate.ts'
import { minuteOf, minutesIn, startOfMinute } from './periods.ts'
import { computeQueries, metricOf, type MetricDataQuery } from './queries.ts'
import { readPeriods } from './reading.ts'
import { statistic } from './samples.ts'
import type { Alarm, AlarmState, CloudWatchState } from './state.ts'

/** Sandbox ms after the turn of a minute at which alarms are evaluated. */
const AFTER_THE_MINUTE = 500

/** Puts an alarm into a state, keeps the history, tells EventBridge, and evaluates the composites that look at it. */
export const setAlarmState = (
  world: World,
  state: CloudWatchState,
  alarm: Alarm,
  next: { readonly value: AlarmStateValue; readonly reason: string; readonly reasonData?: string },
): void => {
  const previous = alarm.state
  const now = world.clock.now()
  const changed = previous.value !== next.value
  const entry: AlarmState = {
    ...next,
    updatedAt: now,
    transitionedAt: changed ? now : previous.transitionedAt,
  }
  alarm.state = entry
  if (!changed) return
  alarm.history.push(entry)
  world.emit({
    accountId: state.accountId,
    region: state.region,
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: {
        value: next.value,
        reason: next.reason,
        reasonData: next.reasonData,
        timestamp: new Date(now).toISOString(),
      },
      previousState: { value: previous.value, reason: previous.reason },
    },
  })
  for (const other of state.alarms.values()) {
    if (other.kind === 'composite' && childrenOf(other.rule).includes(alarm.name))
      evaluateComposite(world, state, other, alarm)
  }
}

/** Evaluates a composite alarm; `cause` is the child whose change made it look. */
export const evaluateComposite = (
  world: World,
  state: CloudWatchState,
  alarm: Alarm,
  cause?: Alarm,
): void => {
  if (alarm.kind !== 'composite') return
  const value = isMet(alarm.rule, (name) => state.alarms.get(name)?.state.value) ? 'ALARM' : 'OK'
  if (value === alarm.state.value) return
  const triggers = childrenOf(alarm.rule)
    .flatMap((name) => state.alarms.get(name) ?? [])
    .filter((child) => value === 'OK' || child.state.value === 'ALARM')
  setAlarmState(world, state, alarm, {
    value,
    reason: compositeReason(value, cause && { arn: cause.arn, at: cause.state.transitionedAt }),
    reasonData: compositeReasonData(
      triggers.map((child) => ({ arn: child.arn, value: child.state.value, at: child.state.transitionedAt })),
    ),
  })
}

const periodOf = (input: Alarm['input']): number =>
  input.Period ??
  Math.max(
    60,
    ...(input.Metrics as readonly MetricDataQuery[]).flatMap(
      (query) => query.MetricStat?.Period ?? query.Period ?? [],
    ),
  )

const datapoints = (
  world: World,
  state: CloudWatchState,
  input: Alarm['input'],
  starts: readonly number[],
  end: number,
): Datapoint[] => {
  const range = [starts[0]!, end] as const
  if (input.Metrics) {
    const queries = input.Metrics as readonly MetricDataQuery[]
    const watched = queries.find((query) => query.ReturnData !== false)!
    const series = computeQueries(world, state, queries, range).get(watched.Id)!
    return starts.map((at) => ({
      at,
      value: [...series].find(([start]) => Math.abs(start - at) < 0.01)?.[1],
    }))
  }
  const name: string = input.Statistic ?? input.ExtendedStatistic
  const found = readPeriods(world, state, metricOf(input), input.Period, range)
  return starts.map((at) => {
    const period = found.find((other) => Math.abs(other.at - at) < 0.01)
    return period
      ? { at, value: statistic(period.samples, name), sampleCount: period.samples.count }
      : { at, value: undefined }
  })
}

/** Evaluates one metric alarm over its newest complete periods. */
export const evaluateMetricAlarm = (world: World, state: CloudWatchState, alarm: Alarm): void => {
  const { input } = alarm
  const periodSeconds = periodOf(input)
  const width = minutesIn(periodSeconds)
  const newest = Math.floor(minuteOf(world.clock, world.clock.now() + 0.001) / width) * width
  const count = (input.EvaluationPeriods as number) + EXTRA_PERIODS
  const starts = Array.from({ length: count }, (_, index) =>
    startOfMinute(world.clock, newest - (count - index) * width),
  )
  const rule = {
    comparison: input.ComparisonOperator as Comparison,
    threshold: input.Threshold as number,
    evaluationPeriods: input.EvaluationPeriods as number,
    datapointsToAlarm: (input.DatapointsToAlarm ?? input.EvaluationPeriods) as number,
    treatMissingData: (input.TreatMissingData ?? 'missing') as TreatMissingData,
  }
  const found = evaluate(datapoints(world, state, input, starts, startOfMinute(world.clock, newest)), rule)
  if (found.state === 'retain' || found.state === alarm.state.value) return
  setAlarmState(world, state, alarm, {
    value: found.state,
    reason: reasonFor(alarm.state.value, found.state, found, rule),
    reasonData: reasonDataFor(world.clock.now(), found, {
      ...rule,
      periodSeconds,
      statistic: input.Statistic ?? input.ExtendedStatistic,
      unit: input.Unit,
    }),
  })
}

/** Evaluates every metric alarm of an account and Region now; composites follow their children. */
export const evaluateAlarms = (world: World, state: CloudWatchState): void => {
  for (const alarm of [...state.alarms.values()])
    if (alarm.kind === 'metric') evaluateMetricAlarm(world, state, alarm)
}

/** Starts the evaluation of alarms, once every sandbox minute, shortly after it turned. */
export const watchAlarms = (world: World, state: CloudWatchState): void => {
  if (state.watching) return
  state.watching = true
  const { clock } = world
  const next = () => {
    const turn = startOfMinute(clock, minuteOf(clock, clock.now()) + 1)
    clock.after(Math.max(0, turn - clock.now()) * clock.rate + AFTER_THE_MINUTE, () => {
      evaluateAlarms(world, state)
      next()
    })
  }
  next()
}
