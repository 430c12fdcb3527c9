import { AwsError, type Call, type Operation, type World } from '../core/types.ts'
import { childrenOf, CompositeRuleError, parseCompositeRule } from './composite.ts'
import { pageOf } from './get-metrics.ts'
import { checkPeriod, checkQueries, checkStatistic, invalid, type MetricDataQuery } from './queries.ts'
import { alarmArn, cloudWatchState, type Alarm, type AlarmState, type CloudWatchState } from './state.ts'
import { evaluateComposite, setAlarmState, watchAlarms } from './watch-alarms.ts'

const COMPARISONS = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
]
const UNSUPPORTED = [
  'ThresholdMetricId',
  'EvaluationWindow',
  'WarmUpConfiguration',
  'EvaluationCriteria',
  'EvaluationInterval',
]
const DAY = 86_400

const stateOf = ({ world, accountId, region }: Call) => cloudWatchState(world, accountId, region)

const checkMetricAlarm = (input: Record<string, any>): void => {
  const unsupported = UNSUPPORTED.find((member) => input[member] !== undefined)
  if (unsupported) throw invalid(`The sandbox does not support ${unsupported} in PutMetricAlarm.`)
  if (!COMPARISONS.includes(input.ComparisonOperator))
    throw invalid('The sandbox has no anomaly detection: use a comparison with a threshold.')
  if (input.Threshold === undefined) throw invalid('Threshold is required.')
  if (input.EvaluationPeriods === undefined) throw invalid('EvaluationPeriods is required.')
  if (input.DatapointsToAlarm > input.EvaluationPeriods)
    throw invalid(
      'The value for DatapointsToAlarm must be less than or equal to the value for EvaluationPeriods.',
    )
  if (
    input.TreatMissingData &&
    !['breaching', 'notBreaching', 'ignore', 'missing'].includes(input.TreatMissingData)
  ) {
    throw invalid(
      `The value ${input.TreatMissingData} is not supported for TreatMissingData parameter. Supported values are [breaching, notBreaching, ignore, missing].`,
    )
  }
  if ((input.MetricName === undefined) === (input.Metrics === undefined))
    throw invalid('Exactly one of MetricName and Metrics must be specified.')
  if (input.Metrics) return checkMath(input.Metrics)
  if (input.Namespace === undefined || input.Period === undefined)
    throw invalid('Namespace and Period are required with MetricName.')
  if ((input.Statistic === undefined) === (input.ExtendedStatistic === undefined))
    throw invalid(
      'Exactly one element of the following list must be specified: [Statistic, ExtendedStatistic].',
    )
  checkStatistic(input.Statistic ?? input.ExtendedStatistic)
  checkPeriod(input.Period)
  const most = input.Period >= 3600 ? 7 * DAY : DAY
  if (input.Period * input.EvaluationPeriods > most)
    throw invalid(
      `Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= ${most}).`,
    )
}

const checkMath = (queries: readonly MetricDataQuery[]): void => {
  if (queries.length > 20) throw invalid('The collection Metrics must not have a size greater than 20.')
  checkQueries(queries)
  if (queries.filter((query) => query.ReturnData !== false).length !== 1) {
    throw invalid('Exactly one element of the metrics list should return data.')
  }
}

const INITIAL = 'Unchecked: Initial alarm creation'

const store = (
  world: World,
  state: CloudWatchState,
  input: Record<string, any>,
  kind: Alarm['kind'],
  rule?: ReturnType<typeof parseCompositeRule>,
): Alarm => {
  const name: string = input.AlarmName
  const { Tags, ...kept } = input
  const existing = state.alarms.get(name)
  if (existing && existing.kind !== kind)
    throw invalid(`An alarm with the name ${name} and another type exists.`)
  const now = world.clock.now()
  const first: AlarmState = {
    value: 'INSUFFICIENT_DATA',
    reason: INITIAL,
    updatedAt: now,
    transitionedAt: now,
  }
  const base = {
    name,
    arn: alarmArn(state, name),
    input: kept,
    configuredAt: now,
    state: existing?.state ?? first,
    history: existing?.history ?? [first],
  }
  const alarm: Alarm = kind === 'metric' ? { ...base, kind } : { ...base, kind, rule: rule! }
  state.alarms.set(name, alarm)
  // Tags of an existing alarm are changed by TagResource only.
  if (!existing)
    state.tags.set(
      alarm.arn,
      new Map((Tags ?? []).map((tag: { Key: string; Value: string }) => [tag.Key, tag.Value])),
    )
  watchAlarms(world, state)
  return alarm
}

/** `PutMetricAlarm`: an upsert; a new alarm begins in INSUFFICIENT_DATA, a changed one keeps its state. */
export const putMetricAlarm: Operation = (call, input) => {
  checkMetricAlarm(input)
  store(call.world, stateOf(call), input, 'metric')
  return {}
}

/** `PutCompositeAlarm`: every alarm that the rule names must exist. Evaluated at once. */
export const putCompositeAlarm: Operation = (call, input) => {
  const state = stateOf(call)
  try {
    const rule = parseCompositeRule(input.AlarmRule)
    const missing = childrenOf(rule).filter((name) => !state.alarms.has(name))
    if (missing.length)
      throw invalid(
        `Could not save the composite alarm as alarms [${missing.join(', ')}] in the alarm rule do not exist`,
      )
    evaluateComposite(call.world, state, store(call.world, state, input, 'composite', rule))
    return {}
  } catch (error) {
    throw error instanceof CompositeRuleError ? invalid(error.message) : error
  }
}

const onTheWire = ({ name, arn, input, configuredAt, state }: Alarm) => ({
  ActionsEnabled: true,
  OKActions: [],
  AlarmActions: [],
  InsufficientDataActions: [],
  ...input,
  AlarmName: name,
  AlarmArn: arn,
  AlarmConfigurationUpdatedTimestamp: new Date(configuredAt),
  StateValue: state.value,
  StateReason: state.reason.slice(0, 1023),
  StateReasonData: state.reasonData,
  StateUpdatedTimestamp: new Date(state.updatedAt),
  StateTransitionedTimestamp: new Date(state.transitionedAt),
})

/** `DescribeAlarms`: metric alarms only unless `AlarmTypes` says otherwise; unknown names are silently absent. */
export const describeAlarms: Operation = (call, input) => {
  const state = stateOf(call)
  if (input.AlarmNames && input.AlarmNamePrefix)
    throw invalid('AlarmNames and AlarmNamePrefix cannot be used together.')
  const types: readonly string[] = input.AlarmTypes ?? ['MetricAlarm']
  const names: readonly string[] | undefined = input.AlarmNames
  const parent = input.ChildrenOfAlarmName && state.alarms.get(input.ChildrenOfAlarmName)
  const found = [...state.alarms.values()]
    .filter((alarm) => types.includes(alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm'))
    .filter((alarm) => names === undefined || names.includes(alarm.name))
    .filter((alarm) => alarm.name.startsWith(input.AlarmNamePrefix ?? ''))
    .filter((alarm) => (input.StateValue ?? alarm.state.value) === alarm.state.value)
    .filter(
      (alarm) =>
        !input.ChildrenOfAlarmName ||
        (parent?.kind === 'composite' && childrenOf(parent.rule).includes(alarm.name)),
    )
    .filter(
      (alarm) =>
        !input.ParentsOfAlarmName ||
        (alarm.kind === 'composite' && childrenOf(alarm.rule).includes(input.ParentsOfAlarmName)),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const { page, token } = pageOf(found, input.NextToken, input.MaxRecords ?? (names ? 100 : 50))
  return {
    MetricAlarms: page.filter((alarm) => alarm.kind === 'metric').map(onTheWire),
    CompositeAlarms: page.filter((alarm) => alarm.kind === 'composite').map(onTheWire),
    NextToken: token,
  }
}

const notFound = (message: string) => new AwsError('ResourceNotFound', message, 404)

/** `DeleteAlarms`: all or none; at most one composite a call; a child of a composite may go. */
export const deleteAlarms: Operation = (call, input) => {
  const state = stateOf(call)
  const names: readonly string[] = input.AlarmNames
  const missing = names.filter((name) => !state.alarms.has(name))
  if (missing.length) throw notFound(`Alarms with names [${missing.join(', ')}] do not exist`)
  const composites = names.filter((name) => state.alarms.get(name)?.kind === 'composite')
  if (composites.length > 1) throw invalid('A maximum of one composite alarm can be deleted in a request.')
  for (const name of names) {
    state.tags.delete(alarmArn(state, name))
    state.alarms.delete(name)
  }
  return {}
}

/** `SetAlarmState`: holds until the next evaluation of a metric alarm, or the next change of a composite's child. */
export const setState: Operation = (call, input) => {
  const state = stateOf(call)
  const alarm = state.alarms.get(input.AlarmName)
  if (!alarm) throw notFound(`Alarm ${input.AlarmName} does not exist`)
  if (input.StateReasonData !== undefined) {
    try {
      JSON.parse(input.StateReasonData)
    } catch {
      throw new AwsError('InvalidFormatFault', 'StateReasonData is not valid JSON')
    }
  }
  setAlarmState(call.world, state, alarm, {
    value: input.StateValue,
    reason: input.StateReason,
    reasonData: input.StateReasonData,
  })
  return {}
}

const setActions =
  (enabled: boolean): Operation =>
  (call, input) => {
    const state = stateOf(call)
    for (const name of input.AlarmNames as string[]) {
      const alarm = state.alarms.get(name)
      if (alarm) state.alarms.set(name, { ...alarm, input: { ...alarm.input, ActionsEnabled: enabled } })
    }
    return {}
  }

export const enableAlarmActions = setActions(true)
export const disableAlarmActions = setActions(false)

const tagsOf = (call: Call, arn: string) => {
  const tags = stateOf(call).tags.get(arn)
  if (!tags) throw new AwsError('ResourceNotFoundException', `Unable to find resource ${arn}`, 404)
  return tags
}

export const listTagsForResource: Operation = (call, input) => ({
  Tags: [...tagsOf(call, input.ResourceARN)].map(([Key, Value]) => ({ Key, Value })),
})
export const tagResource: Operation = (call, input) => {
  const tags = tagsOf(call, input.ResourceARN)
  for (const { Key, Value } of input.Tags) tags.set(Key, Value)
  return {}
}
export const untagResource: Operation = (call, input) => {
  const tags = tagsOf(call, input.ResourceARN)
  for (const key of input.TagKeys) tags.delete(key)
  return {}
}
