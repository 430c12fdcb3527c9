import { AwsError, type Call, type Operation, type World } from '../core/types.ts'
import { childrenOf, CompositeRuleError, parseCompositeRule } from './composite.ts'
import { pageOf } from './get-metrics.ts'
import { checkMetricAlarm } from './check-alarm.ts'
import { invalid } from './queries.ts'
import { alarmArn, cloudWatchState, type Alarm, type AlarmState, type CloudWatchState } from './state.ts'
import { evaluateComposite, setAlarmState, watchAlarms } from './watch-alarms.ts'

const stateOf = ({ world, accountId, region }: Call) => cloudWatchState(world, accountId, region)

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
