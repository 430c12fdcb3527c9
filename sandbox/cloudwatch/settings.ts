import type { World } from '../core/types.ts'

/** How the simulated CloudWatch behaves; changed by the seed key `cloudwatch` or the control of the same name. */
export interface CloudWatchSettings {
  /** Sandbox ms between the end of a minute and its data being readable. CloudWatch takes one to two minutes. */
  metricDelayMs: number
}

export const cloudWatchSettings = (world: World): CloudWatchSettings =>
  world.state('monitoring-settings', '*', '*', () => ({ metricDelayMs: 60_000 }))
