import { formatDuration } from '../duration.ts'
import type { PlanContext } from './context.ts'
import { labelTargets } from './labels.ts'
import type { StepDraft } from './step-draft.ts'
import { askWhom } from './step-draft.ts'
import type { PlannedTarget } from './types.ts'

const keysOf = (targets: readonly PlannedTarget[]): readonly string[] => targets.map(({ key }) => key)

/**
 * The document's strategy for one wave, then what comes before the next one. A bake after a wave judges everything that was
 * shifted so far; its step names only this wave, so that a plan of many waves stays small.
 */
export function waveSteps(
  context: PlanContext,
  wave: number,
  members: readonly PlannedTarget[],
  last: boolean,
): readonly StepDraft[] {
  const { production, emergency } = context.document
  const skipped = emergency?.skip ?? []
  const targets = keysOf(members)
  const label = labelTargets(context, targets, wave)
  const counts = { bake: 0, gate: 0 }
  let weight = 0
  const steps = production.steps.flatMap((step): StepDraft[] => {
    if (step.kind === 'weight') {
      weight = step.weight
      const title = `${label}: shift ${weight} % of traffic to v${context.version}`
      return [{ id: `wave-${wave}/shift-${weight}`, kind: 'shift', title, wave, targets, weight }]
    }
    if (step.kind === 'approval') {
      counts.gate += 1
      if (skipped.includes('approval')) return []
      const title = `${label}: wait for ${askWhom(step.approval)}`
      return [
        {
          id: `wave-${wave}/gate-${counts.gate}`,
          kind: 'gate',
          title,
          wave,
          targets,
          approval: step.approval,
        },
      ]
    }
    counts.bake += 1
    if (skipped.includes('bake') || step.bake === 0) return []
    const title = `${label}: bake ${formatDuration(step.bake)} at ${weight} %`
    return [
      {
        id: `wave-${wave}/bake-${counts.bake}`,
        kind: 'bake',
        title,
        wave,
        targets,
        weight,
        duration: step.bake,
      },
    ]
  })
  return last ? steps : [...steps, ...betweenSteps(context, wave, targets)]
}

function betweenSteps(context: PlanContext, wave: number, targets: readonly string[]): readonly StepDraft[] {
  const { production, emergency } = context.document
  const { bake, approval } = production.betweenWaves ?? {}
  const skipped = emergency?.skip ?? []
  return [
    ...(bake && !skipped.includes('bake')
      ? [
          {
            id: `after-wave-${wave}/bake`,
            kind: 'bake' as const,
            title: `after wave ${wave}: bake ${formatDuration(bake)} at 100 %`,
            wave,
            targets,
            weight: 100,
            duration: bake,
          },
        ]
      : []),
    ...(approval && !skipped.includes('approval')
      ? [
          {
            id: `after-wave-${wave}/gate`,
            kind: 'gate' as const,
            title: `after wave ${wave}: wait for ${askWhom(approval)}`,
            wave,
            targets,
            approval,
          },
        ]
      : []),
  ]
}
