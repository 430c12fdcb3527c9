import type { AlarmFacts } from '../../facts.ts'
import type { WatchAlarm } from '../../document/types.ts'
import { isIgnored, namedAlarm } from '../alarms.ts'
import { factsOf } from '../context.ts'
import type { Finding } from '../types.ts'
import type { Find } from './finding.ts'
import { error } from './finding.ts'

/** An alarm that is used as it is must be able to see the variant that it shall judge. */
function blind(alarm: AlarmFacts, variant: string | null): boolean {
  if (alarm.seesEveryVariant) return false
  return variant === null || !alarm.variants.includes(variant)
}

/** Alarms exist where they are needed, are quiet, and look at the candidate. */
export const findAlarms: Find = (context, planned) => {
  const { document } = context
  const { alarms, whenInAlarmAtStart } = document.production.watch
  return planned.targets.flatMap((target) => {
    const facts = factsOf(context, target.key)
    if (facts.denied !== undefined) return []
    const check = (entry: WatchAlarm, index: number): readonly Finding[] => {
      const name = namedAlarm(entry)
      if (name === null) return []
      const at = { path: `production.watch.alarms[${index}]`, target: target.key }
      const alarm = facts.alarms[name] ?? null
      if (alarm === null)
        return [
          error(
            'alarm-missing',
            at,
            `there is no alarm ${name} in ${target.accountId} ${target.region}`,
            `create it there, or write an alarm of ours instead: \`{ metric, stat, above }\``,
          ),
        ]
      if (isIgnored(context, target.key, entry)) return []
      const found: Finding[] = []
      if (alarm.state === 'ALARM' && whenInAlarmAtStart === 'refuse')
        found.push(
          error(
            'alarm-in-alarm',
            at,
            `alarm ${name} in ${target.accountId} ${target.region} is in ALARM already: ${alarm.reason}`,
            'wait until it is OK; if stable itself is broken and this rollout is the cure, start it as an `emergency` with ignoreAlarms',
          ),
        )
      const judged = target.action === 'create' ? target.stableVariant : null
      if (entry.kind === 'existing' && blind(alarm, judged))
        found.push(
          error(
            'alarm-pins-other-variant',
            at,
            `alarm ${name} looks only at variant ${alarm.variants.join(', ') || '(none of this endpoint)'}, and would never see the candidate`,
            `write \`{ like: ${name} }\`: a copy of it that looks at the candidate`,
          ),
        )
      if (entry.kind === 'like' && alarm.kind === 'composite')
        found.push(
          error(
            'alarm-cannot-be-copied',
            at,
            `alarm ${name} is a composite alarm; a copy would need copies of all its children`,
            'name the metric alarms below it one by one, each as `{ like: … }`',
          ),
        )
      return found
    }
    return alarms.flatMap(check)
  })
}
