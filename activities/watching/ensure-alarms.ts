import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
  type PutMetricAlarmInput,
} from '@aws-sdk/client-cloudwatch'
import { Context } from '@temporalio/activity'
import type { PlannedAlarm } from '../../rollout/plan/types.ts'
import type { Activities, OnTarget } from '../contract.ts'
import type { Dependencies } from '../dependencies.ts'
import { isNotFound } from '../aws/predicates.ts'
import { isOurs, ownerTags, toTagList } from '../endpoint/ownership.ts'
import { fail } from '../failure.ts'
import { alarmLike, alarmOfOurs } from './alarm-requests.ts'

type Input = Parameters<Activities['ensureAlarms']>[0]

/** Makes the alarms of this rollout, copies and its own; PutMetricAlarm is an upsert, so nothing foreign may have the name. */
export async function ensureAlarms(deps: Dependencies, input: Input): Promise<void> {
  const client = deps.aws.cloudwatch(input.target, input.rolloutId)
  const planned = input.alarms.filter((alarm) => alarm.kind !== 'existing')
  const originals = planned.flatMap((alarm) => (alarm.kind === 'like' ? [alarm.like] : []))
  const found = await describeAlarms(client, [...planned.map(({ name }) => name), ...originals])
  for (const alarm of planned) {
    const there = found.get(alarm.name)
    if (there && !(await areOurs(client, input, there))) {
      throw fail(
        'Conflict',
        `alarm ${alarm.name} exists already in ${input.target.accountId}/${input.target.region} and was not made by this ` +
          'rollout. Delete or rename it.',
      )
    }
    const request = requestFor(alarm, input, found)
    const Tags = toTagList(ownerTags(input))
    await client.send(new PutMetricAlarmCommand({ ...request, ...(!there && { Tags }) }))
  }
}

function requestFor(
  alarm: Exclude<PlannedAlarm, { kind: 'existing' }>,
  { target, stableVariant, variant }: Input,
  found: ReadonlyMap<string, Alarm>,
): PutMetricAlarmInput {
  if (alarm.kind === 'metric') return alarmOfOurs(alarm, { endpoint: target.endpoint, variant })
  const original = found.get(alarm.like)
  const where = `${target.accountId}/${target.region}`
  if (!original)
    throw fail('NotFound', `alarm ${alarm.like}, which is to be copied, does not exist in ${where}.`)
  if (original.AlarmRule !== undefined) {
    throw fail(
      'Refused',
      `alarm ${alarm.like} in ${where} is a composite alarm and cannot be copied: its rule names other alarms. ` +
        'Copy its children with `like`, or use it as it is.',
    )
  }
  const { request, renamed, pinned } = alarmLike(original, {
    name: alarm.name,
    stable: stableVariant,
    variant,
  })
  if (renamed === 0 && pinned.length > 0) {
    throw fail(
      'Refused',
      `alarm ${alarm.like} in ${where} looks at variant ${pinned.join(', ')} only, so that a copy of it would not see ` +
        `the candidate. Name an alarm of ${stableVariant}.`,
    )
  }
  return request
}

/** Deletes alarms that this rollout made; what is absent or foreign is left alone. */
export async function deleteAlarms(
  deps: Dependencies,
  input: Parameters<Activities['deleteAlarms']>[0],
): Promise<void> {
  const client = deps.aws.cloudwatch(input.target, input.rolloutId)
  const found = await describeAlarms(client, input.names)
  const ours: string[] = []
  for (const [name, alarm] of found) {
    if (await areOurs(client, input, alarm)) ours.push(name)
    else Context.current().log.warn(`alarm ${name} was not made by this rollout and is left alone`)
  }
  for (let from = 0; from < ours.length; from += 100) {
    try {
      await client.send(new DeleteAlarmsCommand({ AlarmNames: ours.slice(from, from + 100) }))
    } catch (error) {
      if (!isNotFound(error)) throw error
    }
  }
}

type Alarm = MetricAlarm & Pick<CompositeAlarm, 'AlarmRule'>

async function describeAlarms(client: CloudWatchClient, names: readonly string[]) {
  const found = new Map<string, Alarm>()
  for (let from = 0; from < names.length; from += 100) {
    let NextToken: string | undefined
    do {
      const page = await client.send(
        new DescribeAlarmsCommand({
          AlarmNames: [...new Set(names.slice(from, from + 100))],
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
          MaxRecords: 100,
          NextToken,
        }),
      )
      for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
        found.set(alarm.AlarmName!, alarm)
      }
      NextToken = page.NextToken
    } while (NextToken)
  }
  return found
}

async function areOurs(client: CloudWatchClient, on: OnTarget, alarm: Alarm): Promise<boolean> {
  const { Tags = [] } = await client.send(new ListTagsForResourceCommand({ ResourceARN: alarm.AlarmArn }))
  return isOurs(on, Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value ?? ''])))
}
