import { Runtime } from '@temporalio/worker'
import type { AwsCall } from '../activities/aws/observe-calls.ts'
import { ConfigError } from './environment.ts'
import { toTemporalLogger, type Logger } from './logging.ts'

/**
 * Sets the process's Temporal runtime up: its log is ours, and its metrics (and with them our own) are served at
 * `http://<metricsAddress>/metrics`. Once a process, before the first connection.
 * @throws ConfigError when something else listens there
 */
export function installRuntime(options: {
  readonly logger: Logger
  readonly metricsAddress?: string | undefined
}): void {
  try {
    install(options)
  } catch (error) {
    if (!(error instanceof Error && /address already in use/i.test(error.message))) throw error
    throw new ConfigError([
      `SLUICE_METRICS_PORT: something else listens at ${options.metricsAddress}; end it, or name another port.`,
    ])
  }
}

function install(options: Parameters<typeof installRuntime>[0]): void {
  Runtime.install({
    logger: toTemporalLogger(options.logger),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'WARN' } },
      ...(options.metricsAddress === undefined
        ? {}
        : {
            metrics: {
              prometheus: {
                bindAddress: options.metricsAddress,
                countersTotalSuffix: true,
                histogramBucketOverrides: { sluice_rollback_duration_seconds: rollbackBuckets },
              },
            },
          }),
    },
  })
}

/** Seconds; a rollback is one change of weights and one of the config, each of which SageMaker takes minutes for. */
const rollbackBuckets = [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200]

/** Counters; the exporter adds `_total` to their names. */
export const awsMetrics = {
  calls: {
    name: 'sluice_aws_calls',
    help: 'Attempts at AWS by service and operation',
    labelNames: ['service', 'operation'],
  },
  errors: {
    name: 'sluice_aws_errors',
    help: 'Failed attempts at AWS, by AWS’s own code; `ThrottlingException` is worth a look',
    labelNames: ['service', 'operation', 'code'],
  },
} as const

/** Counts attempts at AWS into the runtime's metrics: `sluice_aws_calls_total` and `sluice_aws_errors_total`. */
export function countAwsCalls(): (call: AwsCall) => void {
  const meter = Runtime.instance().metricMeter
  const calls = meter.createCounter(awsMetrics.calls.name, 'attempts', awsMetrics.calls.help)
  const errors = meter.createCounter(awsMetrics.errors.name, 'attempts', awsMetrics.errors.help)
  return ({ service, operation, code }) => {
    calls.add(1, { service, operation })
    if (code !== undefined) errors.add(1, { service, operation, code })
  }
}
