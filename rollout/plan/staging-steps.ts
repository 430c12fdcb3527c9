import type { StagingTest } from '../document/types.ts'
import { formatDuration } from '../duration.ts'
import type { PlanContext } from './context.ts'
import { labelOf } from './labels.ts'
import type { StepDraft } from './step-draft.ts'
import type { PlannedTarget } from './types.ts'

function describeTest(test: StagingTest): string {
  switch (test.kind) {
    case 'invoke':
      return 'one request'
    case 'dataset':
      return `golden set, tolerance ${test.dataset.tolerance}`
    case 'load':
      return `${test.load.requestsPerSecond} requests/s for ${formatDuration(test.load.duration)}`
    case 'http':
      return `your own test at ${new URL(test.http.url).host}`
  }
}

/** Deploy, each test of the document, and what becomes of the endpoint afterwards. */
export function stagingSteps(context: PlanContext, staging: PlannedTarget): readonly StepDraft[] {
  const { tests = [], afterwards } = context.document.staging ?? {}
  const targets = [staging.key]
  const label = labelOf(context, staging.key)
  const end =
    afterwards === 'keep'
      ? 'keep the staging endpoint as it is now'
      : staging.action === 'create'
        ? 'delete the staging endpoint'
        : 'put the staging endpoint back'
  return [
    {
      id: 'staging/deploy',
      kind: 'staging-deploy',
      title: `${label}: deploy v${context.version} to ${staging.endpoint}`,
      targets,
    },
    ...tests.map((test, index): StepDraft => ({
      id: `staging/test-${index + 1}`,
      kind: 'staging-test',
      title: `${label}: test “${test.name}” (${describeTest(test)})`,
      targets,
      test: index,
    })),
    { id: 'staging/cleanup', kind: 'staging-cleanup', title: `${label}: ${end}`, targets },
  ]
}
