import { makeTelemetryFilterString, type RuntimeOptions } from '@temporalio/worker'
import { toTemporalLogger, type Logger } from './logging.ts'

/**
 * Options for `Runtime.install`, once a process: logs of the SDK and its native core go to ours, and metrics to
 * Prometheus when there is an address for them.
 * @param signals which signals make the SDK shut its workers down; `[]` when the caller does so itself
 */
export function runtimeOptions(
  logger: Logger,
  { metricsAddress, signals }: { metricsAddress?: string; signals?: NodeJS.Signals[] } = {},
): RuntimeOptions {
  return {
    logger: toTemporalLogger(logger),
    ...(signals && { shutdownSignals: signals }),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metricsAddress && {
        metrics: {
          prometheus: { bindAddress: metricsAddress, unitSuffix: true, useSecondsForDurations: true },
        },
      }),
    },
  }
}
