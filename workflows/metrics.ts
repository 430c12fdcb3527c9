/** What workflows measure themselves; the worker's runtime gives it to Prometheus. */
export const rollbackMetric = {
  name: 'sluice_rollback_duration_seconds',
  help: 'How long putting a rollout back took: from the reason until every endpoint was back',
} as const
