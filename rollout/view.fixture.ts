import type { RolloutView } from './view.ts'

/** When everything in `viewOf` began. */
export const since = '2026-01-01T00:00:00.000Z'

/** A rollout that has only begun, with the given members laid over it. */
export function viewOf(changes: Partial<RolloutView> = {}): RolloutView {
  return {
    id: 'fraud-38-x',
    name: 'fraud',
    title: 'fraud v38',
    package: 'arn:aws:sagemaker:eu-west-1:111111111111:model-package/fraud/38',
    version: 1,
    phase: 'Preflight',
    message: 'reading AWS',
    since,
    startedAt: since,
    startedBy: 'zoe',
    paused: false,
    steps: [],
    targets: [],
    decisions: [],
    timeline: [],
    measurements: [],
    findings: [],
    instructions: [],
    kept: [],
    links: {},
    legal: [],
    ...changes,
  }
}
