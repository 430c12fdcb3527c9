import { randomUUID } from 'node:crypto'
import type { Call, World } from '../core/types.ts'
import { putCompositeAlarm, putMetricAlarm } from './alarms.ts'
import { cloudWatchState } from './state.ts'
import { setAlarmState } from './watch-alarms.ts'

/** An alarm to seed: the members of `PutMetricAlarm` or, with an `AlarmRule`, of `PutCompositeAlarm`. */
export interface SeedAlarm {
  readonly account: string
  readonly region: string
  readonly AlarmName: string
  /** The state it has already; without it the alarm begins in INSUFFICIENT_DATA like any new one. */
  readonly state?: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  readonly [member: string]: unknown
}

/** Puts alarms, children before composites. */
export const seedAlarms = (world: World, alarms: readonly SeedAlarm[]): void => {
  for (const { account, region, state, ...input } of [...alarms].sort(
    (a, b) => Number('AlarmRule' in a) - Number('AlarmRule' in b),
  )) {
    const call: Call = {
      world,
      service: 'monitoring',
      operation: 'seed',
      principal: { accountId: account, arn: `arn:aws:iam::${account}:root` },
      accountId: account,
      region,
      requestId: randomUUID(),
    }
    void ('AlarmRule' in input ? putCompositeAlarm(call, input) : putMetricAlarm(call, input))
    const found = cloudWatchState(world, account, region)
    const alarm = found.alarms.get(input.AlarmName)
    if (state && alarm) setAlarmState(world, found, alarm, { value: state, reason: 'Seeded' })
  }
}
