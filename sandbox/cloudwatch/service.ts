import type { Service, World } from '../core/types.ts'
import { describeAlarmHistory } from './alarm-history.ts'
import { listTagsForResource, tagResource, untagResource } from './alarm-tags.ts'
import * as alarms from './alarms.ts'
import { getMetricData, getMetricStatistics, listMetrics } from './get-metrics.ts'
import { putMetricData } from './put-metrics.ts'
import { seedAlarms } from './seed.ts'
import { cloudWatchSettings, type CloudWatchSettings } from './settings.ts'
import type { CloudWatchState } from './state.ts'

const change = (world: World, settings: Partial<CloudWatchSettings>) =>
  Object.assign(cloudWatchSettings(world), settings)

/** The simulated CloudWatch. */
export const cloudwatch: Service = {
  service: 'monitoring',
  operations: {
    PutMetricAlarm: alarms.putMetricAlarm,
    PutCompositeAlarm: alarms.putCompositeAlarm,
    DescribeAlarms: alarms.describeAlarms,
    DescribeAlarmHistory: describeAlarmHistory,
    DeleteAlarms: alarms.deleteAlarms,
    SetAlarmState: alarms.setState,
    EnableAlarmActions: alarms.enableAlarmActions,
    DisableAlarmActions: alarms.disableAlarmActions,
    ListTagsForResource: listTagsForResource,
    TagResource: tagResource,
    UntagResource: untagResource,
    GetMetricData: getMetricData,
    GetMetricStatistics: getMetricStatistics,
    ListMetrics: listMetrics,
    PutMetricData: putMetricData,
  },
  faultKinds: {
    'metrics-missing': { does: 'CloudWatch has no data for a metric' },
    'metrics-partial': { does: 'GetMetricData answers PartialData' },
  },
  seeds: { cloudwatch: (world, settings) => void change(world, settings), alarms: seedAlarms },
  controls: { cloudwatch: change },
  dumps: {
    alarms: (world) =>
      world.states<CloudWatchState>('monitoring').flatMap(({ accountId, region, state }) =>
        [...state.alarms.values()].map(({ name, kind, input, state: now, history }) => ({
          accountId,
          region,
          name,
          kind,
          input,
          state: now,
          history,
          tags: Object.fromEntries(
            state.tags.get(`arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`) ?? [],
          ),
        })),
      ),
  },
}
