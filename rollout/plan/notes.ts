import { writeDuration } from '../duration.ts'
import { isIgnored, namedAlarm } from './alarms.ts'
import type { PlanContext } from './context.ts'
import { factsOf, stableOf } from './context.ts'
import { labelOf } from './labels.ts'
import type { PlannedTarget } from './types.ts'

function inForce({ document }: PlanContext): string {
  const { watch, prepare, onFailure, keepPrevious } = document.production
  return [
    `in force: onFailure ${onFailure}`,
    `prepare ${prepare}`,
    `keepPrevious ${writeDuration(keepPrevious)}`,
    `whenBusy ${document.whenBusy}`,
    `watch every ${writeDuration(watch.pollEvery)}, settle ${writeDuration(watch.settle)}`,
    `at least ${watch.minInvocations} invocations a bake, extended by at most ${writeDuration(watch.maxExtension)}`,
    `alarms without data: ${watch.whenInsufficientData}`,
    `alarms that are red at the start: ${watch.whenInAlarmAtStart}`,
  ].join('; ')
}

function emergencyNotes({ document }: PlanContext): readonly string[] {
  const { emergency } = document
  if (!emergency) return []
  const skipped = emergency.skip.length > 0 ? emergency.skip.join(', ') : 'nothing'
  return [
    `EMERGENCY (${emergency.reason}): skips ${skipped}${
      emergency.ignoreAlarms.length > 0 ? `, ignores alarm ${emergency.ignoreAlarms.join(', ')}` : ''
    }; it still verifies and still compensates, and this is kept in the record`,
  ]
}

function targetNotes(context: PlanContext, target: PlannedTarget): readonly string[] {
  const own = context.production.find((one) => one.target.key === target.key)
  if (!own) return []
  const label = labelOf(context, target.key)
  const notes: string[] = []
  if (own.settings.managedBy === 'terraform')
    notes.push(
      `${label}: Terraform owns ${target.endpoint}; add lifecycle { ignore_changes = [endpoint_config_name] } to its aws_sagemaker_endpoint, or the next apply undoes this rollout`,
    )
  if (own.settings.managedBy === 'cloudformation')
    notes.push(
      `${label}: CloudFormation owns ${target.endpoint}; its stack will show drift of EndpointConfigName, and an update of that property undoes this rollout`,
    )
  const stable = stableOf(factsOf(context, target.key))?.desiredCount
  const written = own.settings.instanceCount
  if (stable !== undefined && written !== undefined && written < stable)
    notes.push(
      `${label}: instanceCount is ${written}, but stable has ${stable}; the candidate gets ${stable}, because it never takes traffic with less capacity`,
    )
  for (const alarm of context.document.production.watch.alarms)
    if (isIgnored(context, target.key, alarm)) notes.push(`${label}: alarm ${namedAlarm(alarm)} is ignored`)
  return notes
}

/** What people should know although nothing is wrong: defaults in force, and who else owns an endpoint. */
export function planNotes(context: PlanContext, targets: readonly PlannedTarget[]): readonly string[] {
  const { document, restore } = context
  if (restore) return ['this rollout undoes a committed one: each endpoint goes back to its previous config']
  const { watch } = document.production
  return [
    ...emergencyNotes(context),
    inForce(context),
    ...(document.approval ? [] : ['nobody is asked before production: the document has no `approval`']),
    ...(watch.alarms.length > 0
      ? []
      : ['no alarm is watched: a bake is judged by the number of invocations alone']),
    ...targets.flatMap((target) => targetNotes(context, target)),
  ]
}
