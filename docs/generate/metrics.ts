import { apiMetrics } from '../../api/metrics.ts'
import { awsMetrics } from '../../worker/runtime.ts'
import { rollbackMetric } from '../../workflows/metrics.ts'
import { renderRegions } from './region.ts'
import { table } from './table.ts'

interface Metric {
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly string[]
}

/** The page of operations, with every metric of our own. */
export function renderOperations(): string {
  const api: readonly Metric[] = Object.values(apiMetrics)
  // Temporal's exporter adds the suffix of counters.
  const worker: readonly Metric[] = [
    ...Object.values(awsMetrics).map((one) => ({ ...one, name: `${one.name}_total` })),
    rollbackMetric,
  ]
  const rows = [...api.map((metric) => row('API', metric)), ...worker.map((metric) => row('worker', metric))]
  return renderRegions('docs/operations.md', { metrics: table(['Where', 'Metric', 'Means'], rows) })
}

function row(where: string, { name, help, labelNames = [] }: Metric): readonly string[] {
  return [where, `\`${name}${labelNames.length > 0 ? `{${labelNames.join(',')}}` : ''}\``, help]
}
